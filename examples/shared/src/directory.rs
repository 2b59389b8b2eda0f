//! The company's customers, in an embedded SQLite database.

use online_contact::openapi::utoipa::{self, ToSchema};
use serde::Serialize;
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

const SCHEMA: &str = "
    CREATE TABLE customer (
        call_num  TEXT NOT NULL,
        nation    TEXT NOT NULL,
        user_name TEXT NOT NULL,
        id        TEXT NOT NULL,
        PRIMARY KEY (call_num, nation)
    ) STRICT";

const INSERT: &str =
    "INSERT INTO customer (call_num, nation, user_name, id) VALUES (?1, ?2, ?3, ?4)";

const FIND: &str = "
    SELECT user_name, id FROM customer
    WHERE call_num = ?1 AND (?2 IS NULL OR nation = ?2)
    ORDER BY nation LIMIT 1";

/// The first one is the customer of the vendor's document.
const CUSTOMERS: [[&str; 4]; 5] = [
    ["1", "korea", "test", "testId"],
    ["2", "korea", "홍길동", "gildong"],
    ["3", "korea", "김영희", "younghee"],
    ["3", "japan", "山田花子", "hanako"],
    ["4", "germany", "Jürgen Groß", "juergen"],
];

/// A customer as the agent sees one. Result values are strings in the vendor's table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// The customer's name.
    pub user_name: String,
    /// The customer's identifier at this company.
    pub id: String,
}

/// The customer database. Clones share it.
#[derive(Clone, Debug)]
pub struct CustomerDirectory {
    pool: SqlitePool,
}

impl CustomerDirectory {
    /// The customers in this database, which has the table already.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// A new database in memory with a handful of customers.
    ///
    /// # Errors
    ///
    /// Whatever SQLite reports while it is opened and filled.
    pub async fn in_memory() -> Result<Self, sqlx::Error> {
        // sqlx gives each such database a name of its own and opens it with a shared cache, so all
        // connections of the pool see the same one.
        let options: SqliteConnectOptions = "sqlite::memory:".parse()?;
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            // The database is gone when its last connection closes: keep one, and never retire it.
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        let directory = Self::new(pool);
        directory.fill().await?;
        Ok(directory)
    }

    async fn fill(&self) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query(SCHEMA).execute(&mut *transaction).await?;
        for row in CUSTOMERS {
            let mut insert = sqlx::query(INSERT);
            for value in row {
                insert = insert.bind(value);
            }
            insert.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    /// The customer with this number; of several in different nations the one in `nation`, or the
    /// first by its nation's name if none is given.
    ///
    /// # Errors
    ///
    /// Whatever the database reports. That there is no such customer is no error.
    pub async fn find(
        &self,
        call_num: &str,
        nation: Option<&str>,
    ) -> Result<Option<Customer>, sqlx::Error> {
        let row: Option<(String, String)> =
            sqlx::query_as(FIND).bind(call_num).bind(nation).fetch_optional(&self.pool).await?;
        Ok(row.map(|(user_name, id)| Customer { user_name, id }))
    }

    /// Closes the database for all clones. Every later [`find`](Self::find) is an error.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

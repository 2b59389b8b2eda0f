//! One database behind all connections, for as long as the pool lives.

use example_shared::{Customer, CustomerDirectory};
use tokio::task::JoinSet;

fn customer(user_name: &str, id: &str) -> Customer {
    Customer { user_name: user_name.to_owned(), id: id.to_owned() }
}

#[tokio::test]
async fn the_nation_tells_customers_apart() {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    for (nation, expected) in [
        (Some("korea"), Some(customer("김영희", "younghee"))),
        (Some("japan"), Some(customer("山田花子", "hanako"))),
        (Some("germany"), None),
        (None, Some(customer("山田花子", "hanako"))),
    ] {
        assert_eq!(directory.find("3", nation).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn what_looks_like_sql_is_a_number_like_any_other() {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    assert_eq!(directory.find("' OR 1=1 --", None).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_connections_see_the_same_customers() {
    let directory = CustomerDirectory::in_memory().await.unwrap();
    let mut lookups = JoinSet::new();
    for _ in 0..64 {
        let directory = directory.clone();
        lookups.spawn(async move { directory.find("2", Some("korea")).await.unwrap() });
    }
    for found in lookups.join_all().await {
        assert_eq!(found, Some(customer("홍길동", "gildong")));
    }
}

#[tokio::test]
async fn each_directory_is_its_own_database() {
    let one = CustomerDirectory::in_memory().await.unwrap();
    let other = CustomerDirectory::in_memory().await.unwrap();
    one.close().await;
    assert!(one.clone().find("1", None).await.is_err());
    assert!(other.find("1", None).await.unwrap().is_some());
}

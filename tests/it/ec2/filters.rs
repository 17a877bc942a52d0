//! EC2's own filters, sent by the real SDK to the embedded endpoint.

use bundletop::ec2::filter::parse;
use bundletop::endpoint::{Clock, Endpoint, Faults, World};

use super::{connect, id};

async fn endpoint(world: World) -> Endpoint {
    let clock = Clock::manual("2015-09-15T13:24:35Z".parse().unwrap());
    let listen = "127.0.0.1:0".parse().unwrap();
    let endpoint = Endpoint::start(world, clock, Faults::none(), listen).await;
    endpoint.unwrap()
}

#[tokio::test]
async fn only_what_they_find_is_sent() {
    let endpoint = endpoint(World::built_in()).await;
    let ec2 = connect(endpoint.url()).await;
    for (typed, count) in [
        ("", 9),
        ("state=storing", 2),
        ("state=storing,bundling", 4),
        ("state=sto*", 2),
        ("state=storing s3-bucket=bundle*", 1),
        ("instance-id=i-1a2b3c4?", 1),
        ("error-code=Client.*", 1),
        ("s3-prefix=nothing", 0),
    ] {
        let tasks = ec2.describe(&parse(typed).unwrap()).await.unwrap();
        assert_eq!(tasks.len(), count, "{typed}");
    }
}

#[tokio::test]
async fn tasks_are_asked_for_by_their_ids_even_if_some_are_gone() {
    let world = r#"{"tasks": [
        {"bundleId": "bun-*", "instanceId": "i-1a2b3c4d", "state": "storing"},
        {"bundleId": "bun-other", "instanceId": "i-1a2b3c4d", "state": "storing"}
    ]}"#;
    let endpoint = endpoint(World::from_json("world.json", world).unwrap()).await;
    let ec2 = connect(endpoint.url()).await;
    let found = async |ids: &[&str]| {
        let ids: Vec<_> = ids.iter().map(|it| id(it)).collect();
        let tasks = ec2.describe_these(&ids).await.unwrap();
        let found = tasks.iter().map(|task| task.bundle_id.to_string());
        found.collect::<Vec<_>>()
    };
    assert_eq!(found(&["bun-other", "bun-gone"]).await, ["bun-other"]);
    assert_eq!(found(&["bun-*"]).await, ["bun-*"], "no wildcard");
    assert!(found(&["bun-gone"]).await.is_empty());
}

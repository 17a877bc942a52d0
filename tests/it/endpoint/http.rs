//! HTTP and the Query protocol.

use bundletop::endpoint::World;

use super::{ask, start};

#[tokio::test]
async fn the_built_in_world_begins_with_every_state() {
    let endpoint = start(World::built_in()).await;
    let reply = ask(&endpoint, "Action=DescribeBundleTasks").await;
    println!("{}", reply.body);
    let mut states = reply.texts("state");
    states.sort_unstable();
    states.dedup();
    let all = [
        "bundling",
        "cancelling",
        "complete",
        "failed",
        "pending",
        "storing",
        "waiting-for-shutdown",
    ];
    assert_eq!(states, all);
    let reply = ask(&endpoint, "Action=CancelBundleTask&BundleId=bun-2a4e041c").await;
    println!("{}\n{}", reply.head, reply.body);
    assert_eq!(reply.text("state"), Some("cancelling"));
}

//! Aiming at a size: what has it already is left as it is.

use spool_tests::clips;
use spool_tests::env::TestEnv;

#[test]
fn what_is_below_the_size_and_plays_is_copied_and_that_is_told() {
    let env = TestEnv::new();
    let film = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-profile:v", "main"];
    env.video(&clips::clip("fits.mkv", 2.0, true, &film), "fits.mkv");
    let out = env.out();
    let add = ["add", "--preset", "fit-size", "--flat", "--output-dir", out.to_str().unwrap(), "videos"];
    assert_eq!(env.spool(&add).code, 0);
    env.spool(&["run", "--until-idle"]);
    let job = env.jobs().remove(0);
    let said = serde_json::to_string(&job["warnings"]).unwrap();
    assert_eq!(job["state"], "done", "{job}");
    assert!(said.contains("is below 18 MB as it is, so it was copied"), "{job}");
    let shown = env.spool(&["show", "1", "--json"]).stdout;
    assert!(!shown.contains("-pass:v:0") && shown.contains(r#""-c:v:0","copy""#), "{shown}");
}

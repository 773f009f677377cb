//! `spool add` with what is not a path of a video: addresses that desktops pass, and files that are certainly something else.

use super::adding::{add, outcomes, video};
use spool_tests::env::TestEnv;
use std::fs;
use std::path::Path;

#[test]
fn addresses_of_files_are_accepted_and_other_addresses_are_refused_by_their_kind() {
    let env = TestEnv::new();
    let video = video(&env, "a b #1.mkv");
    let address = format!("file://{}", video.to_str().unwrap().replace(' ', "%20").replace('#', "%23"));
    let lines = add(&env, &[], &[Path::new(&address)]);
    assert_eq!(outcomes(&lines), ["accepted"], "{lines:?}");
    assert_eq!(env.jobs()[0]["source"], video.to_str().unwrap());
    let refused =
        env.spool(&["add", "smb://nas/share/a.mkv", "https://example.org/a.mkv", "file:///gone%20b.mkv"]);
    assert_eq!((refused.code, env.jobs().len()), (1, 1), "{refused:?}");
    for sentence in [
        "smb://nas/share/a.mkv is not mounted as a folder on this computer; add the file by the path",
        "https://example.org/a.mkv is a web address; download the video, then add the file.",
        "/gone b.mkv does not exist.",
    ] {
        assert!(refused.stderr.contains(sentence), "{refused:?}");
    }
}

#[test]
fn a_text_that_is_named_itself_is_refused_and_an_unknown_name_is_not() {
    let env = TestEnv::new();
    let text = env.videos().join("notes.txt");
    fs::create_dir_all(env.videos()).unwrap();
    fs::write(&text, "buy milk\n").unwrap();
    let refused = env.spool(&["add", text.to_str().unwrap()]);
    assert!(refused.code == 1 && refused.stderr.contains("notes.txt is not a video."), "{refused:?}");
    let lines = add(&env, &[], &[&video(&env, "film.unknown")]);
    assert_eq!(outcomes(&lines), ["accepted"], "{lines:?}");
}

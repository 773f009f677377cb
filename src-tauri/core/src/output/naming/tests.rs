use super::*;

fn held(kind: &str, name: &str) -> String {
    Rules::of_kind(kind).held(OsStr::new(name)).into_string().unwrap()
}

#[test]
fn windows_rules_apply_to_windows_and_unknown_types() {
    for kind in ["vfat", "exfat", "ntfs", "ntfs3", "fuseblk", "cifs", "nfs4", "fuse.sshfs", "9p", ""] {
        assert_eq!(held(kind, "Mission: Impossible.mp4"), "Mission_ Impossible.mp4", "{kind}");
        assert_eq!(held(kind, "a<b>c\"d/e\\f|g?h*i\u{1}.mp4"), "a_b_c_d_e_f_g_h_i_.mp4", "{kind}");
        assert_eq!((held(kind, "a."), held(kind, "a. ")), ("a_".into(), "a._".into()), "{kind}");
        assert_eq!(held(kind, "a. .mp4"), "a. .mp4", "only the end of the full name counts");
        assert_eq!(held(kind, "\u{1f600}\u{7f}.mp4"), "\u{1f600}\u{7f}.mp4");
    }
}

#[cfg(not(windows))]
#[test]
fn local_types_accept_every_name() {
    for kind in ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "apfs"] {
        for name in ["Mission: Impossible?.mp4", "con.mp4", "a.", "a\\b\u{1}"] {
            assert_eq!(held(kind, name), name, "{kind}");
        }
        assert_eq!(
            (held(kind, "a/b"), held(kind, "."), held(kind, "..")),
            ("a_b".into(), "_".into(), "._".into())
        );
    }
}

#[test]
fn device_names_are_replaced() {
    for (name, instead) in [
        ("con.mp4", "con_.mp4"),
        ("Aux.tar.mp4", "Aux_.tar.mp4"),
        ("NUL", "NUL_"),
        ("prn .mp4", "prn_ .mp4"),
        ("com1.mp4", "com1_.mp4"),
        ("LPT\u{b3}.mp4", "LPT\u{b3}_.mp4"),
        ("con:.mp4", "con_.mp4"),
    ] {
        assert_eq!(held("ntfs", name), instead);
    }
    for name in ["console.mp4", "com.mp4", "com0.mp4", "com10.mp4", "a.con.mp4", " con.mp4", "\u{b9}.mp4"] {
        assert_eq!(held("ntfs", name), name);
    }
}

#[cfg(unix)]
#[test]
fn invalid_utf8_is_kept_only_where_it_is_accepted() {
    use std::os::unix::ffi::OsStrExt;
    let name = OsStr::from_bytes(b"a\xff\xfe:.mp4");
    assert_eq!(Rules::of_kind("ext4").held(name), name);
    assert_eq!(Rules::of_kind("apfs").held(name), "a__:.mp4");
    assert_eq!(Rules::of_kind("exfat").held(name), "a___.mp4");
    let proven = Rules::of_kind("nfs4").proven_by(OsStr::from_bytes(b"b\xff.mkv"));
    assert_eq!(proven.held(name), OsStr::from_bytes(b"a\xff\xfe_.mp4"));
}

#[cfg(not(windows))]
#[test]
fn characters_of_the_original_name_are_accepted() {
    let proven = |own: &str, name: &str| {
        Rules::of_kind("ntfs3").proven_by(OsStr::new(own)).held(OsStr::new(name)).into_string().unwrap()
    };
    assert_eq!(proven("a:b.mkv", "a:b - x?.mp4"), "a:b - x_.mp4");
    assert_eq!(
        (proven("con.mkv", "con.mp4"), proven("a.mkv", "con.mp4")),
        ("con.mp4".into(), "con_.mp4".into())
    );
}

#[cfg(not(windows))]
#[test]
fn length_counts_units_only_where_that_is_known() {
    let (long, count) = ("\u{e9}".repeat(200), |kind: &str| Rules::of_kind(kind).longest());
    assert_eq!(
        [count("ext4"), count("nfs4"), count("exfat")],
        [Longest::Bytes, Longest::Bytes, Longest::Units]
    );
    assert_eq!(Rules::of_kind("nfs4").proven_by(OsStr::new(&long)).longest(), Longest::Units);
}

#[test]
fn stem_is_checked_together_with_its_extension() {
    let stem = |stem: &str| Rules::of_kind("ntfs").held_stem(OsStr::new(stem), "mp4").into_string().unwrap();
    let stems = ["a", "a.", "a ", "con", "a.con", ".a", ".", "Aux.tar"].map(stem);
    assert_eq!(stems, ["a", "a.", "a ", "con_", "a.con", ".a", ".", "Aux_.tar"]);
}

/// A random name of pieces that the rules concern.
fn name(random: &mut fastrand::Rng) -> OsString {
    const PIECES: &[&[u8]] = &[
        b"con",
        b"AUX",
        b"com",
        b"lpt",
        b"1",
        b"\xc2\xb9",
        b".",
        b" ",
        b":",
        b"?",
        b"/",
        b"\\",
        b"_",
        b"a",
        b"\0",
        b"\x1f",
        b"\xff",
        b"\xe2\x82",
        b"\xf0\x9f\x98\x80",
        b".mp4",
    ];
    let bytes: Vec<u8> =
        (0..random.usize(..8)).flat_map(|_| PIECES[random.usize(..PIECES.len())]).copied().collect();
    from_bytes(bytes)
}

/// Does the name break the rules? Written independently of `Rules`.
fn breaks(name: &OsStr, kind: &str) -> bool {
    let text = name.to_string_lossy();
    let windows = !FREE.contains(&kind) || cfg!(windows);
    let base = text.split('.').next().unwrap().trim_end_matches(' ').to_lowercase();
    let port = |word| base.strip_prefix(word).is_some_and(|n| n.chars().count() == 1 && NUMBERS.contains(n));
    let device = ["con", "prn", "aux", "nul"].contains(&&*base) || port("com") || port("lpt");
    let special = text.contains(|c| c < ' ' || "<>:\"\\|?*".contains(c));
    let bytes = kind != "ext4" && name.to_str().is_none();
    let never = text.is_empty() || text.contains(['/', '\0']) || text == "." || text == "..";
    never || bytes || (windows && (device || special || text.ends_with(['.', ' '])))
}

#[test]
fn every_replacement_is_accepted_and_stable() {
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..20_000 {
        let name = name(&mut random);
        for kind in ["ext4", "apfs", "exfat", "nfs4"] {
            let held = Rules::of_kind(kind).held(&name);
            assert!(!breaks(&held, kind), "{name:?} became {held:?} on {kind}");
            assert_eq!(Rules::of_kind(kind).held(&held), held, "{name:?} on {kind}");
            assert!(breaks(&name, kind) || held == name, "{name:?} need not have become {held:?} on {kind}");
        }
    }
}

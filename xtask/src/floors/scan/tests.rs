//! What is blanked, what is cut, and that lines stay where they are.

use super::{blank, line, test_modules, without_tests, words};

#[test]
fn comments_and_literals_are_blanked_and_lines_stay() {
    let source = "let a = \"unsafe \\\" //\"; // unsafe\nlet b = r#\"x \" unsafe\"#; /* a /* b */ unsafe */ c\n'\\''; 'é'; x";
    let code = blank(source);
    assert!(!code.contains("unsafe"), "{code}");
    assert_eq!(code.lines().count(), 3);
    assert!(code.contains("let b =") && code.trim_end().ends_with("; x"), "{code}");
}

#[test]
fn lifetimes_and_raw_names_are_code() {
    assert_eq!(blank("fn f<'a>(r#type: &'a str) {}"), "fn f<'a>(r#type: &'a str) {}");
}

#[test]
fn test_items_are_cut_to_their_end() {
    let code = "fn a() {}\n#[cfg(test)]\nfn helper() -> [u8; 2] {\n    [1, 2]\n}\nfn b() {}\n#[cfg(test)]\nmod tests;\n";
    let (production, lines) = without_tests(code);
    assert_eq!(production.split_whitespace().collect::<String>(), "fna(){}fnb(){}");
    assert_eq!((lines, line(&production, production.find("fn b").expect("kept"))), (6, 6));
    assert_eq!(test_modules(code), ["tests"]);
}

#[test]
fn words_are_whole_and_no_macros() {
    let code = "env::var(a); myenv::var(b); env::var_os(c); env!(d); std::env::args()";
    assert_eq!(words(code, "env::var").collect::<Vec<_>>(), [0]);
    assert_eq!(words(code, "env").count(), 3);
    assert_eq!(words(code, "std::env::").count(), 1);
}

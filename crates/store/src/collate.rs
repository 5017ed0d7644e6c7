//! The order of texts as people in China expect it: signs, digits and letters first, then Chinese by pinyin.

use crate::tokens::{HEADS, is_han, reading};

/// Before a character that is sorted by its reading: behind all letters.
const READ: u8 = 0xf8;
/// Behind a reading, before its character: `wan` comes before `wang`.
const END: u8 = 1;
/// Longest text whose head is read as that of a name, in characters.
const NAME: usize = 4;

/// What a text is sorted by: keys compare byte by byte. Letters are taken as small ones; equal readings
/// are told apart by the character.
pub(crate) fn key(text: &str) -> Box<[u8]> {
    if text.is_ascii() {
        return text.bytes().map(|b| b.to_ascii_lowercase()).collect();
    }
    let mut out = Vec::with_capacity(text.len() * 3);
    let mut rest = text;
    if let Some((head, readings)) = head_of(text) {
        for (c, r) in head.chars().zip(*readings) {
            push(c, r, &mut out);
        }
        rest = &text[head.len()..];
    }
    for c in rest.chars() {
        match reading(c) {
            Some(r) => push(c, r, &mut out),
            None => out.extend(c.to_lowercase().flat_map(|c| c.to_string().into_bytes())),
        }
    }
    out.into_boxed_slice()
}

fn push(c: char, reading: &str, out: &mut Vec<u8>) {
    out.push(READ);
    out.extend_from_slice(reading.as_bytes());
    out.push(END);
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}

/// The surname or place at the head of a short Chinese text that is read otherwise than its characters
/// mostly are.
fn head_of(text: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    // Looked for only where it can be: this runs for every name of a table.
    if text.len() > NAME * 4 || text.chars().count() < 2 || !text.chars().take(NAME + 1).all(is_han) {
        return None;
    }
    HEADS.iter().find(|(head, _)| text.starts_with(head))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_in_the_order_of_a_chinese_dictionary() {
        let mut list = [
            "王芳",
            "万里",
            "anna",
            "Bob",
            "李强",
            "单雄信",
            "安娜",
            "12号",
            "曾国",
            "阿欢",
            "９号",
            "",
            "长沙",
            "张三",
            "李",
            "李强2",
            "陈晨",
            "赵云",
            "欧阳娜娜",
            "𠮷田",
            "王五",
        ];
        list.sort_by_key(|t| key(t));
        assert_eq!(
            list,
            [
                "",
                "12号",
                "anna",
                "Bob",
                "９号",
                "𠮷田",
                "阿欢",
                "安娜",
                "长沙",
                "陈晨",
                "李",
                "李强",
                "李强2",
                "欧阳娜娜",
                "单雄信",
                "万里",
                "王芳",
                "王五",
                "曾国",
                "张三",
                "赵云",
            ]
        );
    }

    #[test]
    fn equal_readings_stay_together_and_apart() {
        assert_ne!(key("李芳"), key("李方"));
        assert!(key("李") < key("李丽") && key("李丽") < key("林"));
        assert_eq!(key("ABC"), key("abc"));
    }
}

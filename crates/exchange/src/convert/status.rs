//! What after-sale columns add to the status of an order.

use super::slots::How;
use model::Value;

/// Words that say the money went back. A failed, partial or running refund leaves the order counted.
const REFUNDED: &[&str] = &["退款成功", "已退款", "全额退款", "退款完成", "已全额退款", "退货退款成功"];

fn is_refunded(t: &str) -> bool {
    let t = t.trim();
    if t.contains("未退款") || t.contains("部分") || t.contains("失败") || t.contains("关闭") {
        return false;
    }
    REFUNDED.iter().any(|w| t.contains(w)) || t.eq_ignore_ascii_case("refunded")
}

/// Appends ` · 退款成功` or ` · cancelled` to the status when the column says so.
pub(super) fn append(status: &mut Value, how: How, text: &str) {
    let word = match how {
        How::Refund if is_refunded(text) => "退款成功",
        How::CancelledAt if !text.trim().is_empty() => "cancelled",
        _ => return,
    };
    *status = match std::mem::take(status) {
        Value::Text(t) if t.contains(word) => Value::Text(t),
        Value::Text(t) if !t.is_empty() => Value::Text(format!("{t} · {word}")),
        _ => Value::from(word),
    };
}

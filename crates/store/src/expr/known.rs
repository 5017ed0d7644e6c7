//! What conditions say of divisors: `IF([@b]=0,"",[@a]/[@b])` never divides by zero, so its column needs
//! none for errors.

use formula::{CmpOp, Expr as Typed, Node, Type};
use std::cell::RefCell;

/// Expressions that are not 0 in the branch at hand; a blank is not 0 either.
#[derive(Default)]
pub(super) struct Known(RefCell<Vec<Typed>>);

impl Known {
    /// How much is known, for [`Self::forget`].
    pub(super) fn mark(&self) -> usize {
        self.0.borrow().len()
    }

    /// Forgets what was learnt since a mark.
    pub(super) fn forget(&self, mark: usize) {
        self.0.borrow_mut().truncate(mark);
    }

    /// Learns from a condition that holds, or else one that does not.
    pub(super) fn learn(&self, condition: &Typed, holds: bool) {
        match &condition.node {
            Node::All(list) if holds => list.iter().for_each(|c| self.learn(c, true)),
            Node::Any(list) if !holds => list.iter().for_each(|c| self.learn(c, false)),
            // One part alone is no choice.
            Node::All(list) | Node::Any(list) if list.len() == 1 => self.learn(&list[0], holds),
            Node::Not(c) => self.learn(c, !holds),
            Node::Compare(op, a, b) => {
                if constant(b).is_some_and(|n| apart(*op, holds, n)) {
                    self.0.borrow_mut().push(bare(a).clone());
                }
                if constant(a).is_some_and(|n| apart(turned(*op), holds, n)) {
                    self.0.borrow_mut().push(bare(b).clone());
                }
            }
            _ => {}
        }
    }

    /// Whether an expression is known not to be 0.
    pub(super) fn holds(&self, e: &Typed) -> bool {
        let known = self.0.borrow();
        !known.is_empty() && known.contains(bare(e))
    }
}

/// Whether x is not 0 where `x op n` holds, or else where it does not.
fn apart(op: CmpOp, holds: bool, n: f64) -> bool {
    match (op, holds) {
        (CmpOp::Eq, true) | (CmpOp::Ne, false) => n != 0.0,
        (CmpOp::Ne, true) | (CmpOp::Eq, false) => n == 0.0,
        (CmpOp::Gt, true) | (CmpOp::Le, false) => n >= 0.0,
        (CmpOp::Lt, true) | (CmpOp::Ge, false) => n <= 0.0,
        (CmpOp::Ge, true) | (CmpOp::Lt, false) => n > 0.0,
        (CmpOp::Le, true) | (CmpOp::Gt, false) => n < 0.0,
        _ => false,
    }
}

/// The comparison with its sides exchanged.
fn turned(op: CmpOp) -> CmpOp {
    match op {
        CmpOp::Lt => CmpOp::Gt,
        CmpOp::Le => CmpOp::Ge,
        CmpOp::Gt => CmpOp::Lt,
        CmpOp::Ge => CmpOp::Le,
        op => op,
    }
}

fn constant(e: &Typed) -> Option<f64> {
    match &e.node {
        Node::Int(n) => Some(*n as f64),
        Node::Number(n) => Some(*n),
        // Only its sign matters.
        Node::Scale(a, _) | Node::Unscale(a, _) => constant(a),
        Node::Neg(a) => constant(a).map(|n| -n),
        _ => None,
    }
}

/// What is 0 where an expression is: without sign and unit.
fn bare(e: &Typed) -> &Typed {
    match &e.node {
        // Moments are rounded to seconds, which may make 0 of them.
        Node::Neg(a) | Node::Scale(a, _) | Node::Unscale(a, _) if e.ty != Type::DateTime => bare(a),
        _ => e,
    }
}

//! What the crate's syntax tree needs before it can be evaluated: checks that the crate does not make,
//! and one correction.

use std::mem;

use jmespath::ast::Ast;

use super::error::QueryError;
use super::function::Function;
use super::message;
use super::scan::ScannedExpression;

/// Checks names and argument counts of functions, commas in lists and the places of `&expression`,
/// and corrects where projections end. What is evaluated first is checked first.
pub(super) fn check_and_correct(
    node: &mut Ast,
    expression: &str,
    scanned: &ScannedExpression,
) -> Result<(), QueryError> {
    let check = |node| check_and_correct(node, expression, scanned);
    match node {
        Ast::Projection { lhs, rhs, .. } => {
            check(lhs)?;
            check(rhs)?;
            end_projection(node, scanned);
            Ok(())
        }
        Ast::Comparison { lhs, rhs, .. }
        | Ast::And { lhs, rhs, .. }
        | Ast::Or { lhs, rhs, .. }
        | Ast::Subexpr { lhs, rhs, .. }
        | Ast::Condition {
            predicate: lhs,
            then: rhs,
            ..
        } => {
            check(lhs)?;
            check(rhs)
        }
        Ast::Flatten { node, .. } | Ast::ObjectValues { node, .. } | Ast::Not { node, .. } => {
            check(node)
        }
        Ast::MultiList { elements, offset } => {
            let items = scanned.comma_counts.get(offset).map(|commas| commas + 1);
            if items != Some(elements.len()) {
                return Err(QueryError::Syntax(message::missing_comma(
                    expression, *offset,
                )));
            }
            elements.iter_mut().try_for_each(check)
        }
        Ast::MultiHash { elements, .. } => {
            let mut values = elements.iter_mut().map(|member| &mut member.value);
            values.try_for_each(check)
        }
        Ast::Function { name, args, .. } => {
            args.iter_mut().try_for_each(|argument| match argument {
                Ast::Expref { ast, .. } => check(ast),
                other => check(other),
            })?;
            Function::find(name)?.check_argument_count(args.len())
        }
        Ast::Expref { .. } => Err(QueryError::misplaced_expression()),
        Ast::Field { .. }
        | Ast::Identity { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => Ok(()),
    }
}

/// Ends a projection where `jmespath.py` ends it, while the crate applies all further steps to each
/// item. A projection ends after a map, so that `[*].{a: b}[0]` is the first of the maps; and after
/// one member of `a.*`, so that `a.*.b.c` looks for `c` in the list and not in its items.
fn end_projection(node: &mut Ast, scanned: &ScannedExpression) {
    let Ast::Projection { lhs, rhs, .. } = node else {
        return;
    };
    let is_of_members =
        matches!(&**lhs, Ast::ObjectValues { node, .. } if !is_implicit(node, scanned));
    let each = match &mut **rhs {
        Ast::Condition { then, .. } => &mut **then,
        other => other,
    };
    // Looks at the steps from the last to the first: in `.a.b[0]`, at `[0]` and then at `.b`.
    let mut end = None;
    let mut step = &*each;
    for depth in 1.. {
        let Some(before) = operand(step, scanned) else {
            break;
        };
        let is_of_map = matches!(before, Ast::MultiHash { .. });
        if is_of_map || (is_of_members && is_member_or_filter(step, scanned)) {
            end = Some(depth);
        }
        step = before;
    }
    let Some(depth) = end else {
        return;
    };
    let placeholder = || Ast::Identity { offset: 0 };
    let mut rest = mem::replace(each, placeholder());
    *each = mem::replace(operand_mut(&mut rest, depth), placeholder());
    *operand_mut(&mut rest, depth) = mem::replace(node, placeholder());
    *node = rest;
}

/// The expression that the last step of an expression is applied to, such as `.a.b` for the step
/// `[0]` of `.a.b[0]`; `None` if there is none.
fn operand<'a>(node: &'a Ast, scanned: &ScannedExpression) -> Option<&'a Ast> {
    let before = match node {
        Ast::Subexpr { lhs, .. } => lhs,
        Ast::Projection { lhs, .. } => match &**lhs {
            Ast::ObjectValues { node, .. } | Ast::Flatten { node, .. } => node,
            Ast::Slice { .. } => return None,
            _ => lhs,
        },
        _ => return None,
    };
    (!is_implicit(before, scanned)).then_some(before)
}

/// The expression that the last `steps` steps are applied to. There must be that many.
fn operand_mut(mut node: &mut Ast, steps: usize) -> &mut Ast {
    for _ in 0..steps {
        node = match node {
            Ast::Subexpr { lhs, .. } => lhs,
            Ast::Projection { lhs, .. } => match &mut **lhs {
                Ast::ObjectValues { node, .. } | Ast::Flatten { node, .. } => node,
                other => other,
            },
            other => other,
        };
    }
    node
}

/// Whether the node stands for the current value without being written, as before a leading `*`, `[*]`
/// or filter. A written `@` is the same kind of node.
fn is_implicit(node: &Ast, scanned: &ScannedExpression) -> bool {
    matches!(node, Ast::Identity { offset } if !scanned.text[*offset..].starts_with('@'))
}

/// Whether the last step of an expression is `.a`, `.*` or `[?a]`.
fn is_member_or_filter(node: &Ast, scanned: &ScannedExpression) -> bool {
    match node {
        Ast::Subexpr { offset, .. } => scanned.text[*offset..].starts_with('.'),
        Ast::Projection { lhs, rhs, .. } => {
            matches!(**lhs, Ast::ObjectValues { .. }) || matches!(**rhs, Ast::Condition { .. })
        }
        _ => false,
    }
}

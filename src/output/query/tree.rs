//! What the tree of the crate needs before it is evaluated: checks, and one correction.

use std::mem;

use jmespath::ast::Ast;

use super::source::Source;
use super::{QueryError, function, syntax};

/// Checks functions and what else the crate lets pass, and corrects projections. What is evaluated
/// first is checked first.
pub(super) fn finish(node: &mut Ast, expression: &str, source: &Source) -> Result<(), QueryError> {
    let finish = |node| finish(node, expression, source);
    match node {
        Ast::Projection { lhs, rhs, .. } => {
            finish(lhs)?;
            finish(rhs)?;
            end_projection(node, source);
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
            finish(lhs)?;
            finish(rhs)
        }
        Ast::Flatten { node, .. } | Ast::ObjectValues { node, .. } | Ast::Not { node, .. } => {
            finish(node)
        }
        Ast::MultiList { elements, offset } => {
            let items = source.commas.get(offset).map(|commas| commas + 1);
            if items != Some(elements.len()) {
                return Err(QueryError::Syntax(syntax::no_comma(*offset, expression)));
            }
            elements.iter_mut().try_for_each(finish)
        }
        Ast::MultiHash { elements, .. } => {
            let mut values = elements.iter_mut().map(|member| &mut member.value);
            values.try_for_each(finish)
        }
        Ast::Function { name, args, .. } => {
            args.iter_mut().try_for_each(|argument| match argument {
                Ast::Expref { ast, .. } => finish(ast),
                other => finish(other),
            })?;
            function::find(name)?.check_count(args.len())
        }
        Ast::Expref { .. } => Err(QueryError::stray_expression()),
        Ast::Field { .. }
        | Ast::Identity { .. }
        | Ast::Index { .. }
        | Ast::Literal { .. }
        | Ast::Slice { .. } => Ok(()),
    }
}

/// Ends projections where `jmespath.py` ends them, while the crate goes on for each item: after a
/// map, so that `[*].{a: b}[0]` is the first of the maps; and after one member of `a.*`, so that
/// `a.*.b.c` looks for `c` in the list, not in its items.
fn end_projection(node: &mut Ast, source: &Source) {
    let Ast::Projection { lhs, rhs, .. } = node else {
        return;
    };
    let is_of_members =
        matches!(&**lhs, Ast::ObjectValues { node, .. } if !is_left_out(node, source));
    let each = match &mut **rhs {
        Ast::Condition { then, .. } => &mut **then,
        other => other,
    };
    // The steps from the last to the first, such as `[0]` and then `.b` of `.a.b[0]`.
    let mut end = None;
    let mut step = &*each;
    for depth in 1.. {
        let Some(before) = before(step, source) else {
            break;
        };
        let is_of_map = matches!(before, Ast::MultiHash { .. });
        if is_of_map || (is_of_members && is_member_or_filter(step, source)) {
            end = Some(depth);
        }
        step = before;
    }
    let Some(depth) = end else {
        return;
    };
    let nothing = || Ast::Identity { offset: 0 };
    let mut rest = mem::replace(each, nothing());
    *each = mem::replace(before_mut(&mut rest, depth), nothing());
    *before_mut(&mut rest, depth) = mem::replace(node, nothing());
    *node = rest;
}

/// What the last step of an expression is applied to.
fn before<'a>(node: &'a Ast, source: &Source) -> Option<&'a Ast> {
    let before = match node {
        Ast::Subexpr { lhs, .. } => lhs,
        Ast::Projection { lhs, .. } => match &**lhs {
            Ast::ObjectValues { node, .. } | Ast::Flatten { node, .. } => node,
            Ast::Slice { .. } => return None,
            _ => lhs,
        },
        _ => return None,
    };
    (!is_left_out(before, source)).then_some(before)
}

/// What the last so many steps are applied to, where there are as many.
fn before_mut(mut node: &mut Ast, steps: usize) -> &mut Ast {
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

/// Whether nothing stands before `*`, `[*]` or a filter; what is written there as `@` is the same.
fn is_left_out(node: &Ast, source: &Source) -> bool {
    matches!(node, Ast::Identity { offset } if !source.text[*offset..].starts_with('@'))
}

/// Whether the last step of an expression is `.a`, `.*` or `[?a]`.
fn is_member_or_filter(node: &Ast, source: &Source) -> bool {
    match node {
        Ast::Subexpr { offset, .. } => source.text[*offset..].starts_with('.'),
        Ast::Projection { lhs, rhs, .. } => {
            matches!(**lhs, Ast::ObjectValues { .. }) || matches!(**rhs, Ast::Condition { .. })
        }
        _ => false,
    }
}

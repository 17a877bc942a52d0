//! Error answers that EC2 itself does not send are reported as botocore reports them.

use super::{Answer, Case};

/// The message on standard error for this error answer of EC2.
fn message(body: &str) -> String {
    let case = Case {
        answers: vec![Answer::Http {
            status: 400,
            body: body.to_owned(),
        }],
        ..super::differences::new_case(&["describe-bundle-tasks"])
    };
    let output = case.run().output;
    assert_eq!(output.status.code(), Some(254));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let message = stderr.trim().strip_prefix("bundletop: [ERROR]: ");
    message.unwrap().to_owned()
}

#[test]
fn an_empty_element_is_none_and_an_absent_one_is_unknown() {
    let error = |members: &str| {
        message(&format!(
            "<Response><Errors><Error>{members}</Error></Errors></Response>"
        ))
    };
    assert_eq!(
        error("<Code/><Message></Message>"),
        "An error occurred (None) when calling the DescribeBundleTasks operation: None"
    );
    assert_eq!(
        error("<Message>Something.</Message>"),
        "An error occurred (Unknown) when calling the DescribeBundleTasks operation: Something."
    );
    assert_eq!(
        error("<Code>Odd</Code>"),
        "An error occurred (Odd) when calling the DescribeBundleTasks operation: Unknown"
    );
}

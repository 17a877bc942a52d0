//! AWS's sample answers, and others in the same form.

/// The sample of AWS's `DescribeBundleTasks` page, with the members its item leaves out added.
pub const DESCRIBE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<DescribeBundleTasksResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
   <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
   <bundleInstanceTasksSet>
      <item>
         <instanceId>i-1234567890abcdef0</instanceId>
         <bundleId>bun-c1a540a8</bundleId>
         <state>storing</state>
         <startTime>2008-10-07T11:41:50.000Z</startTime>
         <updateTime>2008-10-07T11:51:50.000Z</updateTime>
         <progress>70%</progress>
         <storage>
            <S3>
               <bucket>amzn-s3-demo-bucket</bucket>
               <prefix>winami</prefix>
            </S3>
         </storage>
      </item>
      <item>
         <instanceId>i-0598c7d356eba48d7</instanceId>
         <bundleId>bun-2a4e041c</bundleId>
         <state>failed</state>
         <error>
            <code>Client.S3Error</code>
            <message>Access Denied &amp; so on</message>
         </error>
      </item>
   </bundleInstanceTasksSet>
</DescribeBundleTasksResponse>"#;

/// The sample of AWS's `CancelBundleTask` page, which says `canceling`.
pub const CANCEL: &str = r#"<CancelBundleTaskResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
   <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
   <bundleInstanceTask>
      <instanceId>i-1234567890abcdef0</instanceId>
      <bundleId>bun-c1a322b9</bundleId>
      <state>canceling</state>
      <startTime>2008-10-07T11:41:50.000Z</startTime>
      <updateTime>2008-10-07T11:51:50.000Z</updateTime>
      <progress>20%</progress>
      <storage>
         <S3>
            <bucket>amzn-s3-demo-bucket</bucket>
            <prefix>my-new-image</prefix>
         </S3>
      </storage>
   </bundleInstanceTask>
</CancelBundleTaskResponse>"#;

/// The sample of AWS's `GetCallerIdentity` page.
pub const IDENTITY: &str = r#"<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
   <Arn>arn:aws:iam::123456789012:user/Alice</Arn>
    <UserId>EXAMPLE</UserId>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
  <ResponseMetadata>
    <RequestId>01234567-89ab-cdef-0123-456789abcdef</RequestId>
  </ResponseMetadata>
</GetCallerIdentityResponse>"#;

/// A list with these items.
pub fn list(items: &str) -> Vec<u8> {
    format!(
        "<DescribeBundleTasksResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
         <requestId>r-1</requestId><bundleInstanceTasksSet>{items}</bundleInstanceTasksSet>\
         </DescribeBundleTasksResponse>"
    )
    .into_bytes()
}

/// EC2's error document.
pub fn error(code: &str, message: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
         <Message>{message}</Message></Error></Errors>\
         <RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>"
    )
    .into_bytes()
}

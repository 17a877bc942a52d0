//! The JSON Schema of the file.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Value, json};

use super::Config;
use super::document::PROFILE;
use super::keys::{self, KEYS};

/// The JSON Schema of the file, for editors that complete and check it.
pub fn schema() -> Value {
    let settings = SchemaSettings::default().with_transform(NothingRequired);
    let mut schema = settings.into_generator().into_root_schema_for::<Config>();
    schema.insert("title".into(), "The settings of bundletop".into());
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let profile = json!({
            "description": "Other values for the AWS profiles whose names fit the pattern.",
            "type": "object",
            "additionalProperties": { "$ref": "#" },
        });
        properties.insert(KEYS.into(), keys::schema());
        properties.insert(PROFILE.into(), profile);
    }
    schema.to_value()
}

/// A file need not have any setting.
#[derive(Clone, Debug)]
struct NothingRequired;

impl Transform for NothingRequired {
    fn transform(&mut self, schema: &mut Schema) {
        schema.remove("required");
        transform_subschemas(self, schema);
    }
}

//! The JSON Schema of the file.

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Value, json};

use super::keys::{self, KEYS};
use super::{Config, PROFILE};

/// The JSON Schema of the file, for editors that complete and check it.
pub fn schema() -> Value {
    let settings = SchemaSettings::default().with_transform(NothingRequired);
    let mut schema = settings.into_generator().into_root_schema_for::<Config>();
    schema.insert("title".into(), "The settings of bundletop".into());
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.insert(KEYS.into(), keys::schema());
        // What a section can have is the same, but for sections in it.
        let of_section = properties.clone();
        let profile = json!({
            "description": "Other values for the AWS profiles whose names match the pattern.",
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": of_section,
                "additionalProperties": false,
            },
        });
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

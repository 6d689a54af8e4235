// Owns the schema of the JSON outputs (`show schema json`, the page's `;json-schema`): what renderJson and `show info json` print.

const integer = { type: "integer" };
const text = { type: "string" };

const fieldProperties = {
  field: { type: "object", properties: { pos: integer, name: text }, required: ["pos", "name"] },
  processNum: integer,
  tags: {
    type: "object",
    properties: {
      origin: { type: "string", enum: ["Metric", "Status", "Key", "Config", "Product", "Unknown"] },
      nature: {
        type: "string",
        enum: ["Age", "Avg", "Counter", "Duration", "Gauge", "Limit", "Max", "Min", "Name", "Output", "Rate", "Time"],
      },
      scope: { type: "string", enum: ["Cluster", "Process", "Service", "System", "Unknown"] },
    },
    required: ["origin", "nature", "scope"],
  },
  value: {
    type: "object",
    properties: {
      type: { type: "string", enum: ["str", "s32", "u32", "u64"] },
      value: { type: ["integer", "string"] },
    },
    required: ["type", "value"],
  },
};

const required = ["field", "processNum", "tags", "value"];

const schema = {
  $schema: "http://json-schema.org/draft-04/schema#",
  oneOf: [
    { title: "Info", type: "array", items: { type: "object", properties: fieldProperties, required } },
    {
      title: "Stat",
      type: "array",
      items: {
        type: "array",
        items: {
          type: "object",
          properties: {
            objType: { type: "string", enum: ["Frontend", "Backend", "Listener", "Server"] },
            proxyId: integer,
            id: integer,
            ...fieldProperties,
          },
          required: ["objType", "proxyId", "id", ...required],
        },
      },
    },
  ],
};

/** The schema on one line, with its line feed. */
export const jsonSchema: string = `${JSON.stringify(schema)}\n`;

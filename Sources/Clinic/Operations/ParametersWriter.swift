package import JSONTape

/// Writes out parameters. https://hl7.org/fhir/R4/parameters.html
package struct ParametersWriter: Sendable {
    private var items: [[UInt8]] = []

    package init() {}

    /// Adds a primitive or data type under `value[x]`: `add("count", "Integer") { $0.number(3) }`.
    package mutating func add(_ name: String, _ type: String, _ value: (inout JSONWriter) -> Void) {
        add(name) { writer in
            writer.key(named: "value" + type)
            value(&writer)
        }
    }

    package mutating func add(_ name: String, string: String) { add(name, "String") { $0.string(string) } }
    package mutating func add(_ name: String, code: String) { add(name, "Code") { $0.string(code) } }
    package mutating func add(_ name: String, integer: Int) { add(name, "Integer") { $0.number(integer) } }
    package mutating func add(_ name: String, boolean: Bool) { add(name, "Boolean") { $0.bool(boolean) } }

    /// Adds a reference.
    package mutating func add(_ name: String, reference: LocalReference) {
        add(name, "Reference") { $0.raw(reference.json) }
    }

    /// Adds a data type that is JSON already; `type` as in `value[x]`: `Money`.
    package mutating func add(_ name: String, _ type: String, json: [UInt8]) { add(name, type) { $0.raw(json) } }

    /// Adds a resource.
    package mutating func add(_ name: String, resource: [UInt8]) {
        add(name) { writer in
            writer.key("resource")
            writer.raw(resource)
        }
    }

    /// Adds a parameter of parts.
    package mutating func add(_ name: String, parts: ParametersWriter) {
        add(name) { writer in
            writer.key("part")
            writer.beginArray()
            for item in parts.items { writer.raw(item) }
            writer.endArray()
        }
    }

    private mutating func add(_ name: String, _ rest: (inout JSONWriter) -> Void) {
        items.append(
            ResourceEdit.json { writer in
                writer.beginObject()
                writer.member("name", name)
                rest(&writer)
                writer.endObject()
            })
    }

    /// The Parameters resource.
    package var bytes: [UInt8] {
        ResourceEdit.json { writer in
            writer.beginObject()
            writer.member("resourceType", "Parameters")
            if !items.isEmpty {
                writer.key("parameter")
                writer.beginArray()
                for item in items { writer.raw(item) }
                writer.endArray()
            }
            writer.endObject()
        }
    }
}

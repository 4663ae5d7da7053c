import JSONTape

/// The tag by which a resource shows its tenant: `meta.tag` of system `urn:martlet:tenant`, whose code is the id of the
/// Organization. The column `tenant` decides; the tag only tells, so clients cannot choose it.
package enum TenantTag {
    package static let system = "urn:martlet:tenant"

    /// The resource with the tag of this tenant and of no other.
    static func set(_ tenant: String, on input: ResourceInput) -> ResourceInput {
        let node = JSONNode(input.document, input.index)
        let tags = node["meta"]?["tag"]?.items.filter { $0["system"]?.string == system } ?? []
        if tags.count == 1, tags[0]["code"]?.string == tenant { return input }
        var writer = JSONWriter()
        writer.beginObject()
        var hasMeta = false
        for (name, value) in node.members {
            writer.key(named: name)
            if name == "meta", value.isObject {
                hasMeta = true
                writeMeta(value, tenant, to: &writer)
            } else {
                writer.copy(value)
            }
        }
        if !hasMeta {
            writer.key("meta")
            writeMeta(nil, tenant, to: &writer)
        }
        writer.endObject()
        // What was a resource is one with a tag more.
        guard let document = try? Document.parse(writer.bytes, limits: .fhir) else { return input }
        return ResourceInput(type: input.type, document: document)
    }

    private static func writeMeta(_ meta: JSONNode?, _ tenant: String, to writer: inout JSONWriter) {
        writer.beginObject()
        if let meta {
            for (name, value) in meta.members where name != "tag" {
                writer.key(named: name)
                writer.copy(value)
            }
        }
        writer.key("tag")
        writer.beginArray()
        for tag in meta?["tag"]?.items ?? [] where tag["system"]?.string != system { writer.copy(tag) }
        writer.beginObject()
        writer.member("system", system)
        writer.member("code", tenant)
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }
}

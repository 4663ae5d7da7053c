import FHIRDefinitions
import JSONTape

/// Writes declarations as OperationDefinition resources (R4 operationdefinition.html).
enum OperationDefinitionWriter {
    static func json(_ declaration: OperationDeclaration, base: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("resourceType", "OperationDefinition")
        writer.member("id", declaration.id)
        writer.member("url", declaration.canonical(base: base))
        writer.member("version", CapabilityStatement.softwareVersion)
        // R4 opd-0: usable as a name in code.
        writer.member("name", name(declaration.id))
        writer.member("title", "$\(declaration.name)")
        writer.member("status", "active")
        writer.member("kind", "operation")
        if !declaration.documentation.isEmpty { writer.member("description", declaration.documentation) }
        writer.key("affectsState")
        writer.bool(declaration.affectsState)
        writer.member("code", declaration.name)
        let types = declaration.types.isEmpty ? ["Resource"] : declaration.types.sorted()
        writer.key("resource")
        writer.beginArray()
        for type in types { writer.string(type) }
        writer.endArray()
        for (key, level) in [("system", OperationDeclaration.Level.system), ("type", .type), ("instance", .instance)] {
            writer.key(named: key)
            writer.bool(declaration.levels.contains(level))
        }
        if !declaration.parameters.isEmpty {
            writer.key("parameter")
            writer.beginArray()
            for parameter in declaration.parameters { write(parameter, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ parameter: OperationDeclaration.Parameter, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", parameter.name)
        writer.member("use", parameter.use.rawValue)
        writer.key("min")
        writer.number(parameter.min)
        writer.member("max", parameter.max.map { String($0) } ?? "*")
        if !parameter.documentation.isEmpty { writer.member("documentation", parameter.documentation) }
        // Each has a type or parts (R4 operationdefinition.html#invs, opd-1); one of any type is an Element.
        if let type = parameter.type ?? (parameter.parts.isEmpty ? "Element" : nil) { writer.member("type", type) }
        if !parameter.parts.isEmpty {
            writer.key("part")
            writer.beginArray()
            for part in parameter.parts { write(part, to: &writer) }
            writer.endArray()
        }
        writer.endObject()
    }

    /// `Appointment-book` as `AppointmentBook`.
    private static func name(_ id: String) -> String {
        id.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

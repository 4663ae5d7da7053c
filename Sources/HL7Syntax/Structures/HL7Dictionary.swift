/// Names and shapes of segments, fields, data types and message structures, versions 2.1 to 2.8.2 (2.9 as 2.8.2).
///
/// The tables are read when first asked for. What a value means is not here.
package enum HL7Dictionary {
    /// A segment by its three-letter name; `nil` for Z segments and others unknown to the standard.
    package static func segment(_ name: String) -> SegmentDefinition? { SegmentTable.all[name] }

    /// Field `number` of a segment as `version` defines it.
    package static func field(_ segment: String, _ number: Int, in version: HL7Version) -> FieldDefinition? {
        self.segment(segment)?.field(number, in: version)
    }

    /// The components of a composite data type, in order; empty for a primitive one.
    package static func components(of dataType: String) -> [ComponentDefinition] { DataTypeTable.all[dataType] ?? [] }

    /// A message structure by its name (MSH-9.3), such as `ORU_R01`.
    package static func structure(_ name: String) -> MessageStructure? { StructureTable.structure(name) }

    /// Every segment's name, sorted.
    package static var segmentNames: [String] { SegmentTable.all.keys.sorted() }

    /// Every structure's name, sorted.
    package static var structureNames: [String] { StructureTable.rows.keys.sorted() }
}

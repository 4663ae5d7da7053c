import FHIRDefinitions
import FHIRProfiles
import JSONTape

/// What is looked at only where a report is wanted: it costs more, or speaks against nothing that could be stored.
extension StructureWalk {
    mutating func checkForReport(_ resource: Document.Index, _ type: TypeID) {
        switch definitions.name(of: type) {
        case "Bundle": checkBundle(resource)
        case "Measure": checkMeasure(resource)
        case "MeasureReport": checkMeasureReport(resource)
        case "Observation": checkVitalSign(resource, type)
        case "QuestionnaireResponse": checkQuestionnaire(of: resource)
        case "SearchParameter": checkSearchParameter(resource)
        case "StructureDefinition": checkSnapshot(of: resource)
        default: break
        }
    }

    /// A profile has to be one that a snapshot can be made of (R4 profiling.html#snapshot).
    private mutating func checkSnapshot(of resource: Document.Index) {
        let node = JSONNode(document, resource)
        guard node["differential"] != nil, node["baseDefinition"] != nil, node["derivation"]?.string == "constraint"
        else { return }
        do throws(SnapshotError) {
            let made = try SnapshotGenerator(source: demand.source).generate(node)
            for issue in made.issues where issue.severity == .error {
                report(.invalid, at: resource, "\(issue.element): \(issue.message)")
            }
            checkDiscriminators(of: node, snapshot: made.definition)
        } catch {
            if error.code == .unknownBase {
                warn(.notFound, at: resource, error.message)
            } else {
                report(.processing, at: resource, "no snapshot can be made: \(error.message)")
            }
        }
    }

    /// The stated size of an attachment is that of its data (R4 datatypes-definitions.html#Attachment.size).
    mutating func checkAttachment(_ object: Document.Index) {
        let node = JSONNode(document, object)
        guard let data = node["data"]?.string, let size = node["size"]?.integer else { return }
        var characters = 0
        var padding = 0
        for byte in data.utf8 where byte > 0x20 {
            characters += 1
            if byte == UInt8(ascii: "=") { padding += 1 }
        }
        if characters / 4 * 3 - padding != size {
            report(.value, at: object, "the stated size is not that of the data")
        }
    }
}

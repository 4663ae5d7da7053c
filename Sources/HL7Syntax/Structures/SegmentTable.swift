/// The segments of versions 2.1 to 2.8.2 as rows of text, which stay text until somebody asks for them.
///
///     PID 2.1 Patient Identification|Set ID - PID:SI|Patient ID:CK>2.2 :CM>2.3 :CX>2.7 :-|…
///     │   │   │                      │               │                │
///     │   │   title                  field 1: type   field 2: CK at first, CM from 2.2, CX from 2.3, withdrawn in 2.7
///     │   first version
///     name          a name behind the version: renamed then; `!` required, `*` may repeat
enum SegmentTable {
    static let all: [String: SegmentDefinition] = {
        var definitions: [String: SegmentDefinition] = [:]
        for part in [aToF, gToO, pToQ, rToZ] {
            for row in part.split(separator: "\n") {
                guard let definition = SegmentDefinition(row: row) else { preconditionFailure("bad row: \(row)") }
                definitions[definition.name] = definition
            }
        }
        return definitions
    }()
}

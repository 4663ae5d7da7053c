import FHIRDefinitions
import JSONTape

/// FHIRPath of the place at which a parser gave up on the JSON text of a resource: `Patient.name[0].given[1]`.
///
/// What stands before that place is well-formed, which is all that the path needs; only faults pay for it.
struct BrokenTextPath {
    private struct Level {
        var isArray: Bool
        /// Of the member that is being read.
        var key = ""
        var position = 0
        var resourceType: String?
        var isAtKey: Bool
    }

    private let text: UnsafeBufferPointer<UInt8>
    private let definitions: FHIRDefinitions
    private var levels: [Level] = []
    private var rootType: String?

    private init(_ text: UnsafeBufferPointer<UInt8>, _ definitions: FHIRDefinitions) {
        self.text = text
        self.definitions = definitions
    }

    /// Nil where the text is no resource as far as it can be read.
    static func expression(
        to offset: Int, in text: UnsafeBufferPointer<UInt8>, _ definitions: FHIRDefinitions
    ) -> String? {
        var path = BrokenTextPath(text, definitions)
        let index = path.read(from: 0, to: min(offset, text.count), untilTyped: false)
        let levels = path.levels
        // The root may name its type behind the fault.
        if path.rootType == nil { _ = path.read(from: index, to: text.count, untilTyped: true) }
        guard let name = path.rootType else { return nil }
        return path.expression(levels, name)
    }

    // MARK: - Reading

    /// Answers where it ended.
    ///
    /// - Parameter untilTyped: whether the type of the root is all that is wanted.
    private mutating func read(from start: Int, to end: Int, untilTyped: Bool) -> Int {
        var index = start
        while index < end, !(untilTyped && (rootType != nil || levels.isEmpty)) {
            switch text[index] {
            case UInt8(ascii: "{"): levels.append(Level(isArray: false, isAtKey: true))
            case UInt8(ascii: "["): levels.append(Level(isArray: true, isAtKey: false))
            case UInt8(ascii: "}"), UInt8(ascii: "]"): levels.removeLast(levels.isEmpty ? 0 : 1)
            case UInt8(ascii: ","):
                guard let last = levels.indices.last else { break }
                levels[last].position += 1
                levels[last].isAtKey = !levels[last].isArray
            case UInt8(ascii: "\""): index = readString(from: index + 1)
            default: break
            }
            index += 1
        }
        return index
    }

    /// Takes in a key, or the type of a resource. Answers where the closing quote is.
    private mutating func readString(from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != UInt8(ascii: "\"") { end += text[end] == UInt8(ascii: "\\") ? 2 : 1 }
        end = min(end, text.count)
        guard let last = levels.indices.last else { return end }
        if levels[last].isAtKey {
            levels[last].key = String(decoding: text[start..<end], as: UTF8.self)
            levels[last].isAtKey = false
        } else if levels[last].key == "resourceType", !levels[last].isArray {
            let name = String(decoding: text[start..<end], as: UTF8.self)
            levels[last].resourceType = name
            if last == 0 { rootType = name }
        }
        return end
    }

    // MARK: - Expression

    private func expression(_ levels: [Level], _ root: String) -> String? {
        guard var type = definitions.resourceType(named: root) else { return nil }
        var isKnown = true
        var result = root
        for (depth, level) in levels.enumerated() {
            if let name = level.resourceType, depth > 0, let inner = definitions.resourceType(named: name) {
                (type, isKnown) = (inner, true)
            }
            if level.isArray {
                result += "[\(level.position)]"
            } else if level.isAtKey {
                break
            } else if isKnown, let property = definitions.property(named: level.key, of: type) {
                result += "." + definitions[property.element].name
                type = property.isCompanion ? definitions.type(named: "Element") ?? property.type : property.type
            } else {
                isKnown = false
                guard level.key.utf8.count <= 40, level.key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
                else { return result }
                result += "." + level.key
            }
        }
        return result
    }
}

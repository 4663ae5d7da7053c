import FHIRDefinitions
import JSONTape

/// A name in paths, and what it means in each type that has an element so named.
///
/// `@unchecked Sendable`: nothing of it changes after `init`; the compiler does not know that of the buffer of `bytes`.
final class ElementName: @unchecked Sendable {
    let name: String
    /// `_name`; the name itself begins with the second byte. Written once and freed with the object, hence `Sendable`.
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    /// Position in `plans` plus one, by type; 0 where the type has no such element.
    private let planNumbers: [UInt16]
    private let plans: [Plan]

    /// How a type's element lies in JSON.
    struct Plan {
        let type: TypeID
        let isChoice: Bool
        let isRepeating: Bool
        /// Whether `_name` may stand beside it.
        let hasCompanion: Bool
        /// Whether the value itself tells its type: any resource may be here.
        let isResource: Bool
    }

    init(_ name: String, _ schema: Schema) {
        self.name = name
        bytes = .allocate(capacity: name.utf8.count + 1)
        _ = bytes.initialize(from: ("_" + name).utf8)
        var numbers = [UInt16](repeating: 0, count: schema.definitions.types.count)
        var plans: [Plan] = []
        for (number, type) in schema.definitions.types.enumerated() {
            for position in type.elements {
                let element = schema.definitions.elements[position]
                // The value of a primitive is no member.
                guard element.name == name, !(type.kind == .primitive && name == "value"),
                    let valueType = element.types.first?.type
                else { continue }
                plans.append(
                    Plan(
                        type: valueType, isChoice: element.isChoice, isRepeating: element.isRepeating,
                        hasCompanion: element.isChoice
                            || schema.kind(valueType).isPrimitive && !element.isAttribute && valueType != schema.xhtml,
                        isResource: schema.isResource(valueType)))
                numbers[number] = UInt16(plans.count)
            }
        }
        planNumbers = numbers
        self.plans = plans
    }

    deinit { bytes.deallocate() }

    @inline(__always)
    func plan(_ type: TypeID) -> Plan? {
        let number = planNumbers[Int(type.rawValue)]
        return number == 0 ? nil : plans[Int(number) - 1]
    }

    @inline(__always)
    var key: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: bytes[1...]) }

    @inline(__always)
    var companionKey: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(bytes) }
}

import JSONTape

/// Equality and hash of elements and choices, by what they write.
///
/// Both are written by the same code in the same order, so a walk over the two texts side by side tells; decimals
/// compare by value. One walk for all types in place of two derived functions per type: those were a third of the
/// module's release build, and models are seldom compared.
enum ModelEquality {
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        if left == right { return true }
        guard let left = try? Document.parse(left), let right = try? Document.parse(right),
            left.entryCount == right.entryCount
        else { return false }
        return areEqual(JSONNode(left), JSONNode(right))
    }

    static func hash(_ json: [UInt8], into hasher: inout Hasher) {
        guard let document = try? Document.parse(json) else { return }
        hash(JSONNode(document), into: &hasher)
    }

    private static func areEqual(_ left: JSONNode, _ right: JSONNode) -> Bool {
        if left.isObject, right.isObject {
            return left.count == right.count
                && zip(left.members, right.members).allSatisfy { $0.key == $1.key && areEqual($0.value, $1.value) }
        }
        if left.isArray, right.isArray {
            return left.count == right.count && zip(left.elements, right.elements).allSatisfy(areEqual)
        }
        if let left = left.numberText, let right = right.numberText {
            return left == right || FHIRDecimal(left) == FHIRDecimal(right)
        }
        return left.source == right.source
    }

    private static func hash(_ node: JSONNode, into hasher: inout Hasher) {
        if node.isObject {
            for member in node.members {
                hasher.combine(member.key)
                hash(member.value, into: &hasher)
            }
        } else if let number = node.numberText {
            hasher.combine(FHIRDecimal(number))
        } else if node.isArray {
            for element in node.elements { hash(element, into: &hasher) }
        } else {
            hasher.combine(node.source)
        }
    }
}

extension FHIRElement {
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package static func == (left: Self, right: Self) -> Bool { ModelEquality.areEqual(left.json, right.json) }

    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func hash(into hasher: inout Hasher) { ModelEquality.hash(json, into: &hasher) }
}

extension FHIRChoice {
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package static func == (left: Self, right: Self) -> Bool { ModelEquality.areEqual(left.json, right.json) }

    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package func hash(into hasher: inout Hasher) { ModelEquality.hash(json, into: &hasher) }

    /// The value as the only property of an object.
    private var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        write("", Companions(), to: &writer)
        writer.endObject()
        return writer.bytes
    }
}

import FHIRDefinitions
import FHIRPath
import JSONTape

/// Primitive values, and their companions (R4 json.html#primitive).
extension StructureWalk {
    /// Whether the value has the format; reports it if not.
    mutating func checkPrimitive(_ value: Document.Index, _ format: PrimitiveFormat) -> Bool {
        let kind = document.kind(value)
        switch format.jsonKind {
        case .boolean:
            if kind == .true || kind == .false { return true }
            report(.structure, at: value, "the value is true or false, unquoted")
        case .number:
            if kind != .number {
                report(.structure, at: value, "the value is a JSON number")
            } else if format.matches(document.rawText(value)) {
                return true
            } else {
                reportFormat(value, format)
            }
        case .string:
            guard kind == .string || kind == .escapedString else {
                report(.structure, at: value, "the value is a JSON string")
                return false
            }
            return checkText(value, kind, format)
        }
        return false
    }

    private mutating func checkText(
        _ value: Document.Index, _ kind: Document.Kind, _ format: PrimitiveFormat
    ) -> Bool {
        let isValid: Bool
        switch (kind, format) {
        case (_, .xhtml): return checkNarrative(value)
        case (.escapedString, .string): isValid = EscapedText.isString(document.rawText(value))
        case (.escapedString, _): isValid = document.withString(value) { format.matches($0) }
        default: isValid = format.matches(document.rawText(value))
        }
        if !isValid {
            reportFormat(value, format)
        } else if format == .string, document.count(value) > Self.maximumStringByteCount {
            report(.tooLong, at: value, "a string has at most 1 MiB")
            return false
        }
        return isValid
    }

    /// R4 datatypes.html#string.
    private static let maximumStringByteCount = 1 << 20

    private mutating func reportFormat(_ value: Document.Index, _ format: PrimitiveFormat) {
        report(.value, at: value, "the value has to be \(format.demand)")
    }

    /// The XHTML of a narrative (R4 narrative.html#xhtml).
    private mutating func checkNarrative(_ value: Document.Index) -> Bool {
        guard document.withString(value, { PrimitiveText.isXHTML($0) }) else {
            reportFormat(value, .xhtml)
            return false
        }
        switch document.withString(value, { NarrativeCheck.fault(in: $0) }) {
        case nil: return true
        case .markup:
            report(
                .invariant, at: value, "the narrative is no XHTML, or has elements or attributes that are not allowed",
                rule: "txt-1")
        case .noContent:
            let isTolerated = document.withString(value) { PublishedSlip.isBlankNarrative($0) }
            report.add(
                isTolerated ? options.slipSeverity : .error, .invariant, at: value,
                "the narrative has nothing in it to read", rule: "txt-2")
        }
        return false
    }

    // MARK: - Companions

    /// `_name`: an object with id or extensions, or an array of those, aligned with the values by null.
    mutating func checkCompanion(_ key: Document.Index, in object: Document.Index, isRepeating: Bool) {
        let value = key &+ 1
        guard isRepeating else {
            if document.kind(value) == .object {
                checkCompanion(object: value, of: key, nil, in: object)
            } else {
                report(.structure, at: value, "the companion of a primitive is an object")
            }
            return
        }
        guard document.kind(value) == .array else {
            report(.structure, at: value, "the element repeats, so its companion is an array")
            return
        }
        let end = document.next(value)
        var item = document.firstChild(value)
        var position = 0
        while item < end {
            switch document.kind(item) {
            case .object: checkCompanion(object: item, of: key, position, in: object)
            case .null:
                if other(of: key, position, in: object, isCompanion: false) != .value {
                    report(.structure, at: item, "null stands where the other array has a value")
                }
            default: report(.structure, at: item, "the companion of a primitive is an object or null")
            }
            item = document.next(item)
            position += 1
        }
    }

    private mutating func checkCompanion(
        object companion: Document.Index, of key: Document.Index, _ position: Int?, in object: Document.Index
    ) {
        checkObject(companion, rules.companionType, nil)
        guard document.count(companion) == 1, document.member("id", of: companion) != nil else { return }
        let hasValue: Bool
        if let position {
            hasValue = other(of: key, position, in: object, isCompanion: false) == .value
        } else {
            hasValue = document.member(named: String(document.string(key).dropFirst()), of: object) != nil
        }
        if !hasValue {
            // Beside the null of an array it keeps a place, as that does (R4 json.html#primitive).
            report.add(
                position == nil ? .error : options.slipSeverity, .invariant, at: companion,
                "an element has a value or children besides its id", rule: "ele-1")
        }
    }

    /// A null among values is right where the companion has an object.
    mutating func checkNull(
        _ item: Document.Index, _ position: Int, beside key: Document.Index, in object: Document.Index, _ type: TypeID
    ) {
        let isPrimitive = rules.types[Int(type.rawValue)].shape == .primitive
        if !isPrimitive || other(of: key, position, in: object, isCompanion: true) != .value {
            report(.structure, at: item, "null stands only where the companion array has an object")
        }
    }

    private enum Other { case none, null, value }

    /// What the array beside the one under `key` has at a position.
    private func other(of key: Document.Index, _ position: Int, in object: Document.Index, isCompanion: Bool) -> Other {
        let name = document.string(key)
        let otherName = isCompanion ? "_" + name : String(name.dropFirst())
        guard let array = document.member(named: otherName, of: object), document.kind(array) == .array else {
            return .none
        }
        let end = document.next(array)
        var item = document.firstChild(array)
        for _ in 0..<position where item < end { item = document.next(item) }
        guard item < end else { return .none }
        return document.kind(item) == .null ? .null : .value
    }
}

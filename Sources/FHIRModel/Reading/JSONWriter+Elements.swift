package import JSONTape

/// Writing elements with their companions: what generated types call.
extension JSONWriter {
    /// Writes an element that occurs at most once.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func one<Value: FHIRModelType>(
        _ name: StaticString, _ value: Value?, _ companions: Companions
    ) {
        if let value {
            key(name)
            value.write(to: &self)
        }
        if !companions.isEmpty { companion(name.description, companions) }
    }

    /// Writes an element that occurs at most once, is no primitive and is kept in a box.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func boxed<Value: FHIRModelType>(_ name: StaticString, _ value: Indirect<Value>) {
        guard let value = value.wrappedValue else { return }
        key(name)
        value.write(to: &self)
    }

    /// Writes an element that repeats; nothing if there are no values.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func all<Value: FHIRModelType>(
        _ name: StaticString, _ values: [Value], _ companions: Companions
    ) {
        let entry = companions.isEmpty ? nil : companions[entry: name.description]
        if !values.isEmpty || entry?.nulls.isEmpty == false {
            key(name)
            beginArray()
            write(values, nulls: entry?.nulls ?? [])
            endArray()
        }
        if entry != nil { companion(name.description, companions) }
    }

    /// Writes a choice; where only its companion is there, that.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func choice<Value: FHIRChoice>(
        _ name: StaticString, _ value: Value?, _ companions: Companions
    ) {
        if let value {
            value.write(name, companions, to: &self)
        } else if !companions.isEmpty {
            for property in companions.properties where property.hasPrefix(name.description) {
                companion(property, companions)
            }
        }
    }

    /// Writes the value of a choice under the name of the element and the type.
    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    package mutating func typed<Value: FHIRModelType>(
        _ name: StaticString, _ type: StaticString, _ value: Value, _ companions: Companions
    ) {
        let property = name.description + type.description
        key(named: property)
        value.write(to: &self)
        if !companions.isEmpty { companion(property, companions) }
    }

    @inline(never) @_semantics("optimize.sil.specialize.generic.never")
    private mutating func write<Value: FHIRModelType>(_ values: [Value], nulls: [Int]) {
        guard !nulls.isEmpty else {
            for value in values { value.write(to: &self) }
            return
        }
        var nulls = nulls[...]
        var position = 0
        for value in values {
            while nulls.first == position {
                null()
                nulls.removeFirst()
                position += 1
            }
            value.write(to: &self)
            position += 1
        }
        for _ in nulls { null() }
    }

    private mutating func companion(_ property: String, _ companions: Companions) {
        guard let entry = companions[entry: property], !entry.companions.isEmpty else { return }
        key(named: "_" + property)
        if entry.isRepeating { beginArray() }
        for companion in entry.companions {
            if let companion { companion.write(to: &self) } else { null() }
        }
        if entry.isRepeating { endArray() }
    }
}

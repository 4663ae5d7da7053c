import Synchronization

/// Objects that upper layers keep with a store for as long as it lives, one of each kind: such as what they remember of
/// its tables.
package final class StoreCompanions: Sendable {
    private let kept: Mutex<[ObjectIdentifier: any Sendable]> = Mutex([:])

    /// The one of this kind, made when it is asked for first.
    package func one<Kind: Sendable>(_ kind: Kind.Type, make: () -> Kind) -> Kind {
        kept.withLock { kept in
            if let known = kept[ObjectIdentifier(kind)] as? Kind { return known }
            let made = make()
            kept[ObjectIdentifier(kind)] = made
            return made
        }
    }
}

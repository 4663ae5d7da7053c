package import FHIRStore

/// Changes of accounts within a transaction, which may belong to an operation that does more.
package struct AccountWork: Sendable {
    package let transaction: StoreTransaction

    package init(_ transaction: StoreTransaction) { self.transaction = transaction }

    var store: FHIRStore { transaction.store }
}

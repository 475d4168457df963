import Synchronization

/// A bounded memory of immutable things; the least recently used go first. Shared by all requests.
final class LRUCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot {
        var key: Key
        var value: Value
        var cost: Int
        var older: Int
        var newer: Int
    }

    private struct State {
        var slots: [Slot?] = []
        var free: [Int] = []
        var indexes: [Key: Int] = [:]
        var oldest = -1
        var newest = -1
        var cost = 0
    }

    private let state = Mutex(State())
    private let limit: Int

    /// `limit` bounds the sum of the costs.
    init(limit: Int) {
        self.limit = limit
    }

    subscript(key: Key) -> Value? {
        state.withLock { state in
            guard let index = state.indexes[key] else { return nil }
            Self.unlink(index, &state)
            Self.link(index, &state)
            return state.slots[index]?.value
        }
    }

    func set(_ key: Key, to value: Value, cost: Int = 1) {
        // One thing that would push out most others is not kept.
        guard cost <= limit / 2 else { return }
        state.withLock { state in
            if let index = state.indexes[key] { Self.remove(index, &state) }
            let slot = Slot(key: key, value: value, cost: cost, older: -1, newer: -1)
            let index: Int
            if let free = state.free.popLast() {
                index = free
                state.slots[index] = slot
            } else {
                index = state.slots.count
                state.slots.append(slot)
            }
            state.indexes[key] = index
            state.cost += cost
            Self.link(index, &state)
            while state.cost > limit, state.oldest >= 0 { Self.remove(state.oldest, &state) }
        }
    }

    func removeAll() {
        state.withLock { $0 = State() }
    }

    private static func link(_ index: Int, _ state: inout State) {
        state.slots[index]?.older = state.newest
        state.slots[index]?.newer = -1
        if state.newest >= 0 { state.slots[state.newest]?.newer = index }
        state.newest = index
        if state.oldest < 0 { state.oldest = index }
    }

    private static func unlink(_ index: Int, _ state: inout State) {
        guard let slot = state.slots[index] else { return }
        if slot.older >= 0 { state.slots[slot.older]?.newer = slot.newer } else { state.oldest = slot.newer }
        if slot.newer >= 0 { state.slots[slot.newer]?.older = slot.older } else { state.newest = slot.older }
    }

    private static func remove(_ index: Int, _ state: inout State) {
        unlink(index, &state)
        guard let slot = state.slots[index] else { return }
        state.indexes[slot.key] = nil
        state.cost -= slot.cost
        state.slots[index] = nil
        state.free.append(index)
    }
}

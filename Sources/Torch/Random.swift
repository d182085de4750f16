import CTorch

/// The engine's random number generators.
public enum Random {
    /// Seeds the generators of all devices.
    public static func seed(_ seed: UInt64) { check(ct_manual_seed(seed)) }

    /// The whole state of a device's generator, as bytes.
    public static func state(of device: Device = .cpu) -> Tensor { Tensor(ct_random_state(device.engine)) }

    /// Continues from a state that ``state(of:)`` gave.
    public static func restore(_ state: Tensor, on device: Device = .cpu) {
        check(ct_set_random_state(device.engine, state.handle))
    }
}

namespace FanIn.Checkpoints;

/// <summary>
/// The element types of safetensors, in the format's own order: its writer puts tensors of later types first, which aligns
/// every tensor to its elements.
/// </summary>
/// <remarks>huggingface/safetensors, safetensors/src/tensor.rs: <c>enum Dtype</c>. <see cref="SafetensorsTypes"/> has the widths.</remarks>
public enum SafetensorsType
{
    /// <summary><c>BOOL</c>: one byte, 0 or 1.</summary>
    Bool,

    /// <summary>4 bits, two elements a byte: OCP microscaling's E2M1.</summary>
    F4,

    /// <summary>6 bits: sign, 2 of exponent, 3 of fraction.</summary>
    F6_E2M3,

    /// <summary>6 bits: sign, 3 of exponent, 2 of fraction.</summary>
    F6_E3M2,

    /// <summary>An unsigned byte.</summary>
    U8,

    /// <summary>A signed byte.</summary>
    I8,

    /// <summary>8 bits: sign, 5 of exponent, 2 of fraction.</summary>
    F8_E5M2,

    /// <summary>8 bits: sign, 4 of exponent, 3 of fraction; no infinity.</summary>
    F8_E4M3,

    /// <summary>8 bits of exponent alone: the scales of microscaling.</summary>
    F8_E8M0,

    /// <summary>As <see cref="F8_E4M3"/>, with another bias and without a negative zero.</summary>
    F8_E4M3FNUZ,

    /// <summary>As <see cref="F8_E5M2"/>, with another bias and without infinity and a negative zero.</summary>
    F8_E5M2FNUZ,

    /// <summary>A signed integer of 2 bytes.</summary>
    I16,

    /// <summary>An unsigned integer of 2 bytes.</summary>
    U16,

    /// <summary>IEEE 754 half precision.</summary>
    F16,

    /// <summary>The upper half of a float32.</summary>
    BF16,

    /// <summary>A signed integer of 4 bytes.</summary>
    I32,

    /// <summary>An unsigned integer of 4 bytes.</summary>
    U32,

    /// <summary>IEEE 754 single precision.</summary>
    F32,

    /// <summary>Two float32: real and imaginary part.</summary>
    C64,

    /// <summary>IEEE 754 double precision.</summary>
    F64,

    /// <summary>A signed integer of 8 bytes.</summary>
    I64,

    /// <summary>An unsigned integer of 8 bytes.</summary>
    U64,
}

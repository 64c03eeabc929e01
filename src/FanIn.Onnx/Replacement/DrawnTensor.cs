using System.Runtime.InteropServices;

namespace FanIn.Onnx;

/// <summary>A parameter's new values, as raw data has them: any run of elements, those before it not needed.</summary>
internal sealed class DrawnTensor(PlanRow row, TensorData tensor, Seed seed) : ByteSource
{
    private readonly int _size = OnnxTypes.Bits(tensor.Type) / 8;
    private byte[]? _whole;

    public string Name => row.Parameter.Name;

    public TensorData Tensor => tensor;

    /// <summary>Of all values.</summary>
    public long Length => tensor.Count * _size;

    /// <summary>Memory for values that can't be worked out piece by piece; 0 for others.</summary>
    public long WorkingMemory => row.FillsParts ? 0 : Length + (tensor.Count * sizeof(float));

    /// <summary>Why the values can't be drawn, as a sentence without its stop; null where they can.</summary>
    public string? Fault =>
        row.Parts.FirstOrDefault(part => part.Initializer is null) is { } kept
            ? $"'{kept.Key}' keeps its values by its rule while other blocks of '{Name}' get new ones; give all of them an initializer, or none"
        : row.Parts.FirstOrDefault(part => part.Initializer is { IsDataDriven: true }) is { Initializer: { } fitted }
            ? $"'{Name}' can't be drawn: {fitted} is fitted to data that pass through the network; choose a rule that needs none"
        : !row.FillsParts && Length > Array.MaxLength
            ? $"'{Name}' has {tensor.Count} elements, and its rule gives values only to all of them at once, at most {Array.MaxLength} bytes; choose a rule that draws element by element"
        : null;

    /// <inheritdoc/>
    public override void Fill(Span<byte> destination, long start)
    {
        if (row.FillsParts)
        {
            Draw(destination, start / _size);
            return;
        }
        if (_whole is null)
        {
            // Not before it is drawn: a second try after a fault must not find zeros.
            byte[] whole = new byte[Length];
            Draw(whole, 0);
            _whole = whole;
        }
        _whole.AsSpan((int)start, destination.Length).CopyTo(destination);
        if (start + destination.Length == Length)
        {
            _whole = null;
        }
    }

    private void Draw(Span<byte> bytes, long index)
    {
        switch (tensor.Type)
        {
            case OnnxType.Double:
                row.FillPart(MemoryMarshal.Cast<byte, double>(bytes), index, seed);
                break;
            case OnnxType.Float16:
                row.FillPart(MemoryMarshal.Cast<byte, Half>(bytes), index, seed);
                break;
            case OnnxType.BFloat16:
                row.FillPart(MemoryMarshal.Cast<byte, BFloat16>(bytes), index, seed);
                break;
            default:
                row.FillPart(MemoryMarshal.Cast<byte, float>(bytes), index, seed);
                break;
        }
    }
}

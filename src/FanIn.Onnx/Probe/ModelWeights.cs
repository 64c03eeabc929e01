using System.Runtime.InteropServices;

namespace FanIn.Onnx;

/// <summary>
/// One set of weights of a model: those of the file, or drawn anew by a plan. Values that lie in the file one after the other
/// are written over in a copy of its bytes; others are handed to ONNX Runtime by their names.
/// </summary>
internal sealed class ModelWeights
{
    private readonly OnnxModel _model;

    private ModelWeights(OnnxModel model, byte[] file)
    {
        _model = model;
        File = file;
    }

    /// <summary>The model's bytes with these weights.</summary>
    public byte[] File { get; }

    /// <summary>Raw values of initializers that the bytes don't hold.</summary>
    public Dictionary<TensorData, byte[]> Replaced { get; } = [];

    public static ModelWeights OfFile(OnnxModel model) => new(model, model.File);

    /// <summary>Draws anew what the plan doesn't keep.</summary>
    /// <exception cref="OnnxException">A parameter that has to be drawn can't be replaced in memory.</exception>
    public static ModelWeights Drawn(OnnxModel model, Plan plan, Seed seed)
    {
        var weights = new ModelWeights(model, [.. model.File]);
        foreach ((PlanRow row, OnnxParameter parameter) in plan.Rows.Zip(model.Parameters.All))
        {
            if (!row.IsKept)
            {
                weights.Draw(row, parameter, seed);
            }
        }
        return weights;
    }

    /// <summary>The values of a parameter as the model computes with them; null where they are of a kind that isn't read.</summary>
    /// <exception cref="OnnxException">External data can't be read.</exception>
    public float[]? Read(OnnxParameter parameter)
    {
        try
        {
            return parameter.Read(this);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OnnxException($"The external data of '{_model.Path}' can't be read: {e.Message}", e);
        }
    }

    private void Draw(PlanRow row, OnnxParameter parameter, Seed seed)
    {
        if (row.Parts.FirstOrDefault(part => part.Initializer is { IsDataDriven: true }) is { Initializer: { } fitted })
        {
            throw new OnnxException(
                $"'{fitted.Name}' fits weights to data step by step, which takes a network that can be changed; an ONNX file can't ('{parameter.Name}' of '{_model.Path}')."
            );
        }
        TensorData tensor = parameter.Constant.Tensor;
        int size = OnnxTypes.Bits(tensor.Type) / 8;
        if (
            parameter.Constant.Quantization is not null
            || parameter.Constant.Sparse is not null
            || tensor.Count > Array.MaxLength / size
        )
        {
            throw new OnnxException(
                $"'{parameter.Name}' of '{_model.Path}' is quantized, sparse or too large: no recipe can change it."
            );
        }
        Span<byte> bytes;
        if (tensor.InPlace is { } range)
        {
            bytes = File.AsSpan(range.Start, range.Length);
        }
        else if (parameter.IsMainInitializer)
        {
            bytes = Replaced[tensor] = new byte[tensor.Count * size];
        }
        else
        {
            throw new OnnxException(
                $"'{parameter.Name}' of '{_model.Path}' lies in a body or a Constant node and its values aren't in the file as they are: no recipe can change it in memory."
            );
        }
        switch (tensor.Type)
        {
            case OnnxType.Double:
                row.Fill(MemoryMarshal.Cast<byte, double>(bytes), seed);
                break;
            case OnnxType.Float16:
                row.Fill(MemoryMarshal.Cast<byte, Half>(bytes), seed);
                break;
            case OnnxType.BFloat16:
                row.Fill(MemoryMarshal.Cast<byte, BFloat16>(bytes), seed);
                break;
            default:
                row.Fill(MemoryMarshal.Cast<byte, float>(bytes), seed);
                break;
        }
    }
}

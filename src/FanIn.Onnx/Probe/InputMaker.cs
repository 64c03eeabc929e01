using System.Collections.Immutable;

namespace FanIn.Onnx;

/// <summary>The values of one input of a run.</summary>
internal sealed record InputData(string Name, OnnxType Type, long[] Shape, float[] Values);

/// <summary>
/// Makes a batch: given values, else standard normal numbers; token ids within the table that they are looked up in, masks
/// of ones. Sizes that neither the model nor the caller says are asked for.
/// </summary>
internal sealed class InputMaker
{
    private const long MostNumbers = 1L << 30;
    private readonly OnnxModel _model;
    private readonly OnnxCheckOptions _options;
    private readonly ActivationFinder _finder;

    public InputMaker(OnnxModel model, OnnxCheckOptions options, ActivationFinder finder)
    {
        _model = model;
        _options = options;
        _finder = finder;
    }

    /// <exception cref="OnnxException">An input has no tensor's type, its shape is open, or given values don't fit.</exception>
    public List<InputData> Make()
    {
        CheckNames(_options.InputShapes.Keys, "shape");
        CheckNames(_options.Inputs.Keys, "values");
        string? batchSymbol =
            _model.InputValues.FirstOrDefault()?.Shape is [var (size, symbol), ..] && size is null or < 0
                ? symbol
                : null;
        List<ValueData> open = [.. _model.InputValues.Where(input => IsOpen(input, batchSymbol))];
        return open.Count > 0
            ? throw Open(open, batchSymbol)
            : [.. _model.InputValues.Select(input => Make(input, batchSymbol))];
    }

    private void CheckNames(IEnumerable<string> names, string what)
    {
        foreach (string name in names)
        {
            if (
                name.Length == 0 ? _model.InputValues.Length != 1 : !_model.InputValues.Any(input => input.Name == name)
            )
            {
                throw new OnnxException(
                    (
                        name.Length == 0
                            ? $"'{_model.Path}' has {_model.InputValues.Length} inputs, so the {what} of one must come with its name"
                            : $"'{_model.Path}' has no input '{ExternalData.Printable(name)}'"
                    ) + $"; its inputs are: {string.Join("; ", _model.Inputs)}."
                );
            }
        }
    }

    private T? Given<T>(ImmutableDictionary<string, T> all, string name) =>
        all.TryGetValue(name, out T? value) || (_model.InputValues.Length == 1 && all.TryGetValue("", out value))
            ? value
            : default;

    private InputData Make(ValueData input, string? batchSymbol)
    {
        if (!input.IsTensor || OnnxTypes.Of(input.ElementType) is not { } type || !CanMake(type))
        {
            throw new OnnxException(
                $"The input '{ExternalData.Printable(input.Name)}' of '{_model.Path}' is {(input.IsTensor ? $"a tensor of {OnnxTypes.Word(input.ElementType)}" : "no tensor")}; a check can only give tensors of numbers."
            );
        }
        if (Given(_options.Inputs, input.Name) is { } batch)
        {
            CheckShape(input, batch.Shape);
            return new(input.Name, type, [.. batch.Shape], [.. batch.Values]);
        }
        long[] shape = ShapeOf(input, batchSymbol);
        if (Sizes.Product(shape) is not { } count || count > MostNumbers)
        {
            throw new OnnxException(
                $"The input '{ExternalData.Printable(input.Name)}' of '{_model.Path}' would have the shape [{string.Join(", ", shape)}], which is more than {MostNumbers} numbers."
            );
        }
        return new(input.Name, type, shape, Values(input.Name, type, (int)count));
    }

    private long[] ShapeOf(ValueData input, string? batchSymbol)
    {
        ImmutableArray<long> given = Given(_options.InputShapes, input.Name);
        if (!given.IsDefault)
        {
            CheckShape(input, given);
            return [.. given];
        }
        return [.. input.Shape!.Select((size, i) => IsBatch(size, i, batchSymbol) ? _options.Batch : size.Size!.Value)];
    }

    /// <summary>True where a shape has to be given, and isn't.</summary>
    private bool IsOpen(ValueData input, string? batchSymbol) =>
        input.IsTensor
        && Given(_options.Inputs, input.Name) is null
        && Given(_options.InputShapes, input.Name).IsDefault
        && (
            input.Shape is null
            || input.Shape.Where((size, i) => size.Size is null or < 0 && !IsBatch(size, i, batchSymbol)).Any()
        );

    private static bool IsBatch((long? Size, string Symbol) size, int index, string? batchSymbol) =>
        size.Size is null or < 0 && (index == 0 || (size.Symbol.Length > 0 && size.Symbol == batchSymbol));

    /// <summary>Asks for the shapes that neither the model nor the caller says, with what is known of them.</summary>
    private OnnxException Open(List<ValueData> inputs, string? batchSymbol)
    {
        string shown = string.Join("; ", inputs.Select(input => $"{_model.Inputs[_model.InputValues.IndexOf(input)]}"));
        string options = string.Join(
            ' ',
            inputs.Select(input =>
                $"--input-shape {(_model.Inputs.Length == 1 ? "" : $"{ExternalData.Printable(input.Name)}=")}{Known(input, batchSymbol)}"
            )
        );
        return new(
            $"'{_model.Path}' leaves {(inputs.Count == 1 ? "the shape of an input" : "the shapes of inputs")} open: {shown}. Give {(inputs.Count == 1 ? "it" : "them")} with {options}, where each '?' is a number that the model is used with."
        );
    }

    /// <summary>The sizes that are known; an open first one is the batch's, unless it is another input's than the batch's.</summary>
    private string Known(ValueData input, string? batchSymbol)
    {
        if (input.Shape is null)
        {
            return "?,?";
        }
        return string.Join(
            ',',
            input.Shape.Select(
                (size, i) =>
                    size.Size is { } known and >= 0 ? $"{known}"
                    : (i == 0 && input == _model.InputValues[0])
                    || (size.Symbol.Length > 0 && size.Symbol == batchSymbol)
                        ? $"{Math.Min(_options.Batch, 8)}"
                    : "?"
            )
        );
    }

    private void CheckShape(ValueData input, ImmutableArray<long> given)
    {
        bool fits =
            given.All(size => size >= 0)
            && (
                input.Shape is not { } wanted
                || (
                    wanted.Count == given.Length
                    && wanted.Zip(given).All(pair => pair.First.Size is null or < 0 || pair.First.Size == pair.Second)
                )
            );
        if (!fits)
        {
            throw new OnnxException(
                $"[{string.Join(", ", given)}] doesn't fit the input {_model.Inputs[_model.InputValues.IndexOf(input)]} of '{_model.Path}'."
            );
        }
    }

    private float[] Values(string name, OnnxType type, int count)
    {
        var values = new float[count];
        RandomStream stream = RandomStream.Create(_options.Seed, $"{name}#input");
        if (type is OnnxType.Float or OnnxType.Double or OnnxType.Float16 or OnnxType.BFloat16)
        {
            if (!IsMask(name))
            {
                stream.FillNormal(values);
                return values;
            }
        }
        else if (type != OnnxType.Bool && !IsMask(name))
        {
            var ids = new int[count];
            stream.FillIntegers(
                ids,
                below: (int)Math.Clamp(SmallestTable(name), 1, type is OnnxType.Int8 or OnnxType.UInt8 ? 128 : 1 << 24)
            );
            return Array.ConvertAll(ids, id => (float)id);
        }
        Array.Fill(values, 1);
        return values;
    }

    private static bool IsMask(string name) => name.Contains("mask", StringComparison.OrdinalIgnoreCase);

    /// <summary>The rows of the smallest table that ids are looked up in; 2 where there is none: 0 and 1 are safe for most uses.</summary>
    private long SmallestTable(string name)
    {
        long? smallest = null;
        var open = new Stack<(string Value, int Depth)>([(name, 0)]);
        while (open.TryPop(out var next))
        {
            foreach (NodeData node in _finder.ReadersOf(next.Value))
            {
                if (node is { Operator: "Gather", IsStandard: true } && node.Input(1) == next.Value)
                {
                    if (_model.Parameters.Main.ConstantOf(node.Input(0)) is { } table && table.Shape.Count > 0)
                    {
                        int axis = (int)node.Integer("axis", 0);
                        long rows = table.Shape[
                            Math.Clamp(axis < 0 ? axis + table.Shape.Count : axis, 0, table.Shape.Count - 1)
                        ];
                        smallest = Math.Min(smallest ?? long.MaxValue, rows);
                    }
                }
                else if (
                    next.Depth < 4
                    && node.Operator is "Cast" or "Reshape" or "Unsqueeze" or "Squeeze" or "Identity" or "Flatten"
                )
                {
                    foreach (string output in node.Outputs)
                    {
                        open.Push((output, next.Depth + 1));
                    }
                }
            }
        }
        return smallest ?? 2;
    }

    private static bool CanMake(OnnxType type) =>
        type
            is OnnxType.Float
                or OnnxType.Double
                or OnnxType.Float16
                or OnnxType.BFloat16
                or OnnxType.Bool
                or OnnxType.Int8
                or OnnxType.UInt8
                or OnnxType.Int16
                or OnnxType.UInt16
                or OnnxType.Int32
                or OnnxType.UInt32
                or OnnxType.Int64
                or OnnxType.UInt64;
}

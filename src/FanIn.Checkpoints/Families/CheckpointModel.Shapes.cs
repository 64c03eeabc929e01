using System.Collections.Immutable;
using System.Text.Json;

namespace FanIn.Checkpoints;

public sealed partial record CheckpointModel
{
    private const int MostAxes = 16;
    private static readonly string[] s_tensorFields = ["shape", "dtype", "role", "layout"];

    /// <summary>
    /// A model of which names and shapes are known, in the order of its state:
    /// <c>{"lin.weight": [8, 4], "emb.weight": {"shape": [100, 4], "dtype": "bfloat16"}}</c>. What each tensor is to its
    /// layer is told by its name, unless the file says it: <c>"role": "weight", "layout": "keras"</c>.
    /// </summary>
    /// <param name="json">The file's text.</param>
    /// <param name="elementType">How weights are stored; where null, each as the file says, or float32.</param>
    /// <exception cref="ModelConfigException">It is no such list, or too large.</exception>
    public static CheckpointModel FromShapes(string json, ElementType? elementType = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        using JsonDocument document = Parse(json, "list of shapes");
        if (document.RootElement.ValueKind != JsonValueKind.Object || document.RootElement.GetPropertyCount() == 0)
        {
            throw new ModelConfigException(
                "a list of shapes is a JSON object such as {\"fc.weight\": [8, 4], \"fc.bias\": [8]}, with a line for each tensor"
            );
        }
        if (document.RootElement.GetPropertyCount() > MostTensors)
        {
            throw new ModelConfigException(
                $"the list of shapes has {document.RootElement.GetPropertyCount()} tensors; at most {MostTensors} are planned"
            );
        }
        return FromListed([.. document.RootElement.EnumerateObject().Select(Read)], elementType);
    }

    /// <summary>
    /// A model with the tensors of another checkpoint: names, shapes and types. What each is to its layer is told by its name.
    /// </summary>
    /// <param name="tensors">In the order that files are cut from.</param>
    /// <param name="elementType">How weights are stored; where null, each as it is there.</param>
    /// <exception cref="ModelConfigException">A tensor is of a type that weights aren't drawn in, or there are too many.</exception>
    public static CheckpointModel FromTensors(IEnumerable<SafetensorsTensor> tensors, ElementType? elementType = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ImmutableArray<Listed> listed =
        [
            .. tensors
                .Take(MostTensors + 1)
                .Select(tensor => new Listed(tensor.Name, tensor.Type, tensor.Shape, null, null)),
        ];
        return listed.Length <= MostTensors
            ? FromListed(listed, elementType)
            : throw new ModelConfigException($"there are more than {MostTensors} tensors; at most so many are planned");
    }

    /// <summary>A model that something else describes: an ONNX graph, a TorchSharp module.</summary>
    /// <param name="description">Its parameters.</param>
    /// <param name="elementType">How weights are stored; where null, each as the description says.</param>
    /// <exception cref="ModelConfigException">It has no parameters, or too many.</exception>
    public static CheckpointModel FromDescription(ModelDescription description, ElementType? elementType = null)
    {
        ArgumentNullException.ThrowIfNull(description);
        return FromState(description, [], [.. description.Parameters.Select(parameter => parameter.Name)], elementType);
    }

    /// <summary>A model that something else describes, with what of its state isn't drawn.</summary>
    /// <param name="description">Its parameters.</param>
    /// <param name="buffers">What isn't drawn; stored as they are.</param>
    /// <param name="order">The names of all of them in the order of the model's state, which files are cut from.</param>
    /// <param name="elementType">How weights are stored; where null, each as the description says.</param>
    /// <exception cref="ModelConfigException">It has no parameters, or too many.</exception>
    /// <exception cref="ArgumentException">The order lacks a name, or has one twice or one that nothing has.</exception>
    public static CheckpointModel FromState(
        ModelDescription description,
        IEnumerable<CheckpointBuffer> buffers,
        IReadOnlyCollection<string> order,
        ElementType? elementType
    )
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(buffers);
        ArgumentNullException.ThrowIfNull(order);
        if (description.Parameters.Length is 0 or > MostTensors)
        {
            throw new ModelConfigException(
                $"the model has {description.Parameters.Length} parameters; 1 to {MostTensors} tensors are planned"
            );
        }
        var left = new Dictionary<string, StateTensor>(StringComparer.Ordinal);
        foreach (ParameterDescription parameter in description.Parameters)
        {
            StateTensor tensor = new(parameter, null);
            left.Add(parameter.Name, elementType is { } type ? tensor.StoredAs(type) : tensor);
        }
        foreach (CheckpointBuffer buffer in buffers)
        {
            left.Add(buffer.Name, new(null, buffer));
        }
        var state = new List<StateTensor>(left.Count);
        foreach (string name in order)
        {
            state.Add(
                left.Remove(name, out StateTensor? tensor)
                    ? tensor
                    : throw new ArgumentException(
                        $"The order has {Quoted.Text(name)}, which nothing has, or twice.",
                        nameof(order)
                    )
            );
        }
        return left.Count == 0
            ? new("", "", state, null, [])
            : throw new ArgumentException($"The order lacks {Quoted.Some(left.Keys)}.", nameof(order));
    }

    private sealed record Listed(
        string Name,
        SafetensorsType Type,
        ImmutableArray<long> Shape,
        ParameterRole? Role,
        WeightLayout? Layout
    );

    private static CheckpointModel FromListed(ImmutableArray<Listed> listed, ElementType? elementType)
    {
        if (
            listed.FirstOrDefault(tensor => tensor.Name.Length == 0 || !Quoted.IsWellFormed(tensor.Name)) is
            { } nameless
        )
        {
            throw new ModelConfigException(
                nameless.Name.Length == 0
                    ? "a tensor has no name"
                    : $"the name {Quoted.Text(nameless.Name)} isn't well-formed Unicode"
            );
        }
        if (listed.Any(tensor => tensor.Name == SafetensorsHeader.MetadataKey))
        {
            throw new ModelConfigException(
                $"a tensor can't be called '{SafetensorsHeader.MetadataKey}', which is where a file's metadata are; take it out of the list"
            );
        }
        var names = new TensorNames([.. listed.Select(tensor => (tensor.Name, tensor.Shape))]);
        var state = new List<StateTensor>(listed.Length);
        Int128 parameters = 0;
        foreach (Listed tensor in listed)
        {
            if (BufferOf(tensor) is { } buffer)
            {
                state.Add(new StateTensor(null, buffer));
                continue;
            }
            // Whatever --dtype says: a mask or a quantized weight that got drawn values would be another thing.
            if (tensor.Type.IsWhole())
            {
                throw new ModelConfigException(
                    $"the tensor {Quoted.Text(tensor.Name)} is {tensor.Type.Name()}: it is no weight; leave it out"
                );
            }
            ElementType stored =
                tensor.Type.ToElementType()
                ?? elementType
                ?? throw new ModelConfigException(
                    $"the tensor {Quoted.Text(tensor.Name)} is {tensor.Type.Name()}, which weights aren't drawn in; say --dtype, or take it out of the list"
                );
            try
            {
                state.Add(new StateTensor(Describe(tensor, names) with { ElementType = stored }, null));
            }
            catch (ArgumentException e)
            {
                throw new ModelConfigException(
                    $"{Quoted.Text(tensor.Name)}: {e.Message.Split(" (Parameter")[0].ReplaceLineEndings(" ")}",
                    e
                );
            }
            parameters += state[^1].Parameter!.Tensor.Count;
        }
        if (parameters > MostParameters)
        {
            throw new ModelConfigException($"the shapes make {parameters} parameters; at most 10^15 are planned");
        }
        try
        {
            return new(
                "",
                "",
                elementType is { } type ? state.Select(tensor => tensor.StoredAs(type)) : state,
                null,
                []
            );
        }
        catch (ArgumentException e)
        {
            throw new ModelConfigException(e.Message.Split(" (Parameter")[0].ReplaceLineEndings(" "), e);
        }
    }

    private static ParameterDescription Describe(Listed tensor, TensorNames names)
    {
        if (tensor.Layout is { } layout)
        {
            return new(
                tensor.Name,
                TensorDescription.FromShape(tensor.Shape.AsSpan(), layout),
                tensor.Role
                    ?? layout switch
                    {
                        WeightLayout.None => ParameterRole.Other,
                        WeightLayout.Embedding => ParameterRole.Embedding,
                        _ => ParameterRole.Weight,
                    }
            );
        }
        return tensor.Role switch
        {
            null => names.Describe(tensor.Name, tensor.Shape),
            ParameterRole.Weight => new(
                tensor.Name,
                TensorDescription.FromShape(tensor.Shape.AsSpan(), WeightLayout.Torch),
                ParameterRole.Weight
            ),
            ParameterRole.Embedding => new(
                tensor.Name,
                TensorDescription.FromShape(tensor.Shape.AsSpan(), WeightLayout.Embedding),
                ParameterRole.Embedding
            ),
            { } role => new(tensor.Name, TensorDescription.Plain(tensor.Shape.AsSpan()), role),
        };
    }

    /// <summary>Whether it is what a batch normalization counts.</summary>
    internal static bool IsBuffer(SafetensorsTensor tensor) =>
        BufferOf(new(tensor.Name, tensor.Type, tensor.Shape, null, null)) is not null;

    /// <summary>What batch normalizations count has the same names everywhere.</summary>
    private static CheckpointBuffer? BufferOf(Listed tensor) =>
        (tensor.Name[(tensor.Name.LastIndexOf('.') + 1)..], tensor.Type) switch
        {
            ("num_batches_tracked", SafetensorsType.I64) => new(tensor.Name, tensor.Type, tensor.Shape, 0),
            ("running_mean", var type) when type.ToElementType() is not null => new(tensor.Name, type, tensor.Shape, 0),
            ("running_var", var type) when type.ToElementType() is not null => new(tensor.Name, type, tensor.Shape, 1),
            _ => null,
        };

    private static Listed Read(JsonProperty property)
    {
        string name;
        try
        {
            name = property.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelConfigException("a tensor's name isn't well-formed Unicode", e);
        }
        if (property.Value.ValueKind == JsonValueKind.Array)
        {
            return new(name, SafetensorsType.F32, ReadShape(name, property.Value), null, null);
        }
        if (property.Value.ValueKind != JsonValueKind.Object)
        {
            throw new ModelConfigException(
                $"{Quoted.Text(name)} must be a shape such as [8, 4], or {{\"shape\": [8, 4], \"dtype\": \"bfloat16\"}}"
            );
        }
        foreach (JsonProperty field in property.Value.EnumerateObject())
        {
            if (!s_tensorFields.Contains(field.Name))
            {
                throw new ModelConfigException(
                    $"{Quoted.Text(name)}: {Spelling.Unknown("field", field.Name, s_tensorFields)}"
                );
            }
        }
        var fields = new ModelConfig(property.Value, Quoted.Text(name));
        return new(
            name,
            TypeOf(fields),
            property.Value.TryGetProperty("shape", out JsonElement shape)
                ? ReadShape(name, shape)
                : throw new ModelConfigException($"{Quoted.Text(name)} has no \"shape\""),
            Word<ParameterRole>(fields, "role"),
            Word<WeightLayout>(fields, "layout")
        );
    }

    private static ImmutableArray<long> ReadShape(string name, JsonElement shape)
    {
        bool isShape =
            shape.ValueKind == JsonValueKind.Array
            && shape.GetArrayLength() <= MostAxes
            && shape
                .EnumerateArray()
                .All(size => size.ValueKind == JsonValueKind.Number && size.TryGetInt64(out long value) && value >= 0);
        return isShape
            ? [.. shape.EnumerateArray().Select(size => size.GetInt64())]
            : throw new ModelConfigException(
                $"the shape of {Quoted.Text(name)} must be a list of at most {MostAxes} whole numbers from 0 on, such as [8, 4]"
            );
    }

    /// <summary>PyTorch's words, and those of safetensors.</summary>
    private static SafetensorsType TypeOf(ModelConfig fields)
    {
        if (fields.Text("dtype") is not { } text)
        {
            return SafetensorsType.F32;
        }
        if (SafetensorsTypes.TryParse(text, out SafetensorsType type))
        {
            return type;
        }
        return text.Replace("torch.", "", StringComparison.Ordinal) switch
        {
            "float32" => SafetensorsType.F32,
            "bfloat16" => SafetensorsType.BF16,
            "float16" => SafetensorsType.F16,
            "float64" => SafetensorsType.F64,
            "int64" => SafetensorsType.I64,
            _ => throw fields.Fault(
                "dtype",
                $"is {Spelling.Unknown("element type", text, Spelling.Words<ElementType>())}"
            ),
        };
    }

    private static TEnum? Word<TEnum>(ModelConfig fields, string name)
        where TEnum : struct, Enum
    {
        if (fields.Text(name) is not { } text)
        {
            return null;
        }
        try
        {
            return Spelling.Read<TEnum>(name, text);
        }
        catch (SpellingException e)
        {
            throw fields.Fault(name, $"is {e.Message}");
        }
    }
}

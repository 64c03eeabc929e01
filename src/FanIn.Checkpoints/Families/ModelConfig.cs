using System.Collections.Immutable;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>
/// The fields of a <c>config.json</c>, each read with the default that the family's config class has: a missing key means
/// the family's value, and a null one means "none" where the class knows that. A field that has another name in
/// another version is named with both: <c>n_embd|hidden_size</c>.
/// </summary>
internal sealed class ModelConfig(JsonElement fields, string path = "")
{
    /// <summary>Two such numbers can be multiplied in 64 bits.</summary>
    private const long LargestSize = 1_000_000_000;

    /// <summary>Layers, experts and stages are tensors each; the deepest published models have some hundred.</summary>
    private const long LargestCount = 10_000;

    private const long LargestList = 64;

    /// <summary>A size: a width, a number of heads, a vocabulary.</summary>
    /// <exception cref="ModelConfigException">It is no whole number from 1 to 10^9.</exception>
    public long Size(string name, long byDefault) => Whole(name, byDefault, 1, LargestSize);

    /// <summary>A size that may be null.</summary>
    /// <param name="name">The field.</param>
    /// <param name="byDefault">Where the key is missing.</param>
    /// <exception cref="ModelConfigException">It is neither null nor a whole number from 1 to 10^9.</exception>
    public long? SizeOrNull(string name, long? byDefault) =>
        Find(name) is { Value.ValueKind: not JsonValueKind.Null } ? Size(name, 1)
        : Find(name) is null ? byDefault
        : null;

    /// <summary>How often something is repeated.</summary>
    /// <exception cref="ModelConfigException">It is no whole number from 1 to 10 000.</exception>
    public long Count(string name, long byDefault) => Whole(name, byDefault, 1, LargestCount);

    /// <summary>Sizes, or counts, one a stage.</summary>
    /// <param name="name">The field.</param>
    /// <param name="most">The largest that one may be.</param>
    /// <param name="byDefault">Where the key is missing or null.</param>
    /// <exception cref="ModelConfigException">It is no list of 1 .. 64 of them.</exception>
    public ImmutableArray<long> Sizes(string name, long most, params ImmutableArray<long> byDefault)
    {
        if (Find(name) is not { Value: { ValueKind: not JsonValueKind.Null } list } field)
        {
            return byDefault;
        }
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() is < 1 or > (int)LargestList)
        {
            throw Fault(field.Name, $"must be a list of 1 to {LargestList} whole numbers, not {Shown(list)}");
        }
        return [.. list.EnumerateArray().Select((item, i) => Whole($"{field.Name}[{i}]", item, 1, most))];
    }

    /// <summary>Counts, one a stage.</summary>
    /// <exception cref="ModelConfigException">It is no list of 1 .. 64 of them.</exception>
    public ImmutableArray<long> Counts(string name, params ImmutableArray<long> byDefault) =>
        Sizes(name, LargestCount, byDefault);

    /// <summary>Widths, one a stage.</summary>
    /// <exception cref="ModelConfigException">It is no list of 1 .. 64 of them.</exception>
    public ImmutableArray<long> Widths(string name, params ImmutableArray<long> byDefault) =>
        Sizes(name, LargestSize, byDefault);

    /// <summary>A row of an embedding, or null; counted from the end when negative, as PyTorch does.</summary>
    /// <exception cref="ModelConfigException">The embedding has no such row.</exception>
    public long? Row(string name, long? byDefault, long rows)
    {
        if (Find(name) is not { } field)
        {
            return byDefault < rows ? byDefault : null;
        }
        if (field.Value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }
        long row = Whole(field.Name, field.Value, -rows, rows - 1);
        return row < 0 ? row + rows : row;
    }

    /// <summary>A factor or a standard deviation.</summary>
    /// <exception cref="ModelConfigException">It is no finite number from 0 to 1000.</exception>
    public double Scale(string name, double byDefault)
    {
        if (Find(name) is not { } field)
        {
            return byDefault;
        }
        return
            field.Value.ValueKind == JsonValueKind.Number
            && field.Value.TryGetDouble(out double value)
            && value is >= 0 and <= 1000
            ? value
            : throw Fault(field.Name, $"must be a number from 0 to 1000, not {Shown(field.Value)}");
    }

    /// <summary>Any finite number.</summary>
    /// <exception cref="ModelConfigException">It is no finite number.</exception>
    public double Number(string name, double byDefault)
    {
        if (Find(name) is not { } field)
        {
            return byDefault;
        }
        return
            field.Value.ValueKind == JsonValueKind.Number
            && field.Value.TryGetDouble(out double value)
            && double.IsFinite(value)
            ? value
            : throw Fault(field.Name, $"must be a number, not {Shown(field.Value)}");
    }

    /// <summary>True or false; null is the default too.</summary>
    /// <exception cref="ModelConfigException">It is neither.</exception>
    public bool Flag(string name, bool byDefault) =>
        Find(name) switch
        {
            null or { Value.ValueKind: JsonValueKind.Null } => byDefault,
            { Value.ValueKind: JsonValueKind.True } => true,
            { Value.ValueKind: JsonValueKind.False } => false,
            { } field => throw Fault(field.Name, $"must be true or false, not {Shown(field.Value)}"),
        };

    /// <summary>A text, or null where it is missing or null.</summary>
    /// <exception cref="ModelConfigException">It is no text.</exception>
    public string? Text(string name) =>
        Find(name) switch
        {
            null or { Value.ValueKind: JsonValueKind.Null } => null,
            { Value.ValueKind: JsonValueKind.String } field => TextOf(field.Name, field.Value),
            { } field => throw Fault(field.Name, $"must be a text, not {Shown(field.Value)}"),
        };

    /// <summary>One of several words.</summary>
    /// <exception cref="ModelConfigException">It is none of them.</exception>
    public string Word(string name, params ReadOnlySpan<string> known)
    {
        string word = Text(name) ?? known[0];
        return known.Contains(word)
            ? word
            : throw new ModelConfigException($"{Where(name)}: {Spelling.Unknown("word", word, known.ToArray())}");
    }

    /// <summary>A config within the config; empty where there is none.</summary>
    /// <exception cref="ModelConfigException">It is no object.</exception>
    public ModelConfig Part(string name) =>
        Find(name) switch
        {
            null or { Value.ValueKind: JsonValueKind.Null } => new(default, Where(name)),
            { Value.ValueKind: JsonValueKind.Object } field => new(field.Value, Where(name)),
            { } field => throw Fault(field.Name, $"must be an object, not {Shown(field.Value)}"),
        };

    /// <summary>False where there are no fields at all.</summary>
    public bool IsThere => fields.ValueKind == JsonValueKind.Object;

    /// <summary>True where the key is there, null or not.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>Whether there is such a field, and more in it than null.</summary>
    public bool HasMore(string name) => Find(name) is { Value.ValueKind: not JsonValueKind.Null };

    /// <summary>The classes that a classifier tells apart: <c>num_labels</c>, or the entries of <c>id2label</c>, or 2.</summary>
    /// <exception cref="ModelConfigException">There are none.</exception>
    public long Labels()
    {
        if (Find("id2label") is not { Value: { ValueKind: not JsonValueKind.Null } labels } field)
        {
            return Size("num_labels", 2);
        }
        return labels.ValueKind == JsonValueKind.Object && labels.GetPropertyCount() is > 0 and int count
            ? count
            : throw Fault(field.Name, $"must be an object with an entry for each class, not {Shown(labels)}");
    }

    /// <summary>The model's class: the first of <c>architectures</c>, or where that says nothing the default.</summary>
    /// <exception cref="ModelConfigException">The family has no such class.</exception>
    public string Architecture(string byDefault, IReadOnlyCollection<string> known)
    {
        if (Find("architectures") is not { Value: { ValueKind: not JsonValueKind.Null } list })
        {
            return byDefault;
        }
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            throw Fault("architectures", $"must be a list such as [\"{byDefault}\"], not {Shown(list)}");
        }
        JsonElement first = list[0];
        string name =
            first.ValueKind == JsonValueKind.String
                ? TextOf("architectures", first)
                : throw Fault("architectures[0]", $"must be a text such as \"{byDefault}\", not {Shown(first)}");
        return known.Contains(name)
            ? name
            : throw new ModelConfigException(
                $"architectures: {Spelling.Unknown("model class", name, known)}; other models are planned from --shapes"
            );
    }

    /// <exception cref="ModelConfigException">The field says something that changes the parameters and isn't known here.</exception>
    public void Refuse(string name, string what)
    {
        if (Flag(name, false))
        {
            throw Fault(name, $"asks for {what}, which isn't planned from a config; plan it from --shapes");
        }
    }

    public ModelConfigException Fault(string name, string sentence) => new($"{Where(name)} {sentence}");

    private string Where(string name) => path.Length == 0 ? name.Split('|')[0] : $"{path}.{name.Split('|')[0]}";

    private (string Name, JsonElement Value)? Find(string names)
    {
        if (fields.ValueKind != JsonValueKind.Object)
        {
            return null;
        }
        (string Name, JsonElement Value)? found = null;
        foreach (string name in names.Split('|'))
        {
            if (!fields.TryGetProperty(name, out JsonElement value))
            {
                continue;
            }
            if (found is { } other && !JsonElement.DeepEquals(other.Value, value))
            {
                throw Fault(
                    other.Name,
                    $"is {Shown(other.Value)} and {name}, which means the same, is {Shown(value)}; leave one out"
                );
            }
            found ??= (name, value);
        }
        return found;
    }

    private long Whole(string name, long byDefault, long least, long most) =>
        Find(name) is { } field ? Whole(field.Name, field.Value, least, most) : byDefault;

    private long Whole(string name, JsonElement value, long least, long most) =>
        value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out long number)
        && number >= least
        && number <= most
            ? number
            : throw Fault(name, $"must be a whole number from {least} to {most}, not {Shown(value)}");

    private string TextOf(string name, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new ModelConfigException($"{Where(name)} isn't well-formed Unicode", e);
        }
    }

    private static string Shown(JsonElement value)
    {
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return value.ValueKind switch
        {
            JsonValueKind.String => $"the text {(text.Length > 40 ? $"{text[..37]}...\"" : text)}",
            JsonValueKind.Array => "a list" + (value.GetArrayLength() == 0 ? " without items" : ""),
            JsonValueKind.Object => "an object",
            _ => text.Length > 40 ? $"{text[..37]}..." : text,
        };
    }
}

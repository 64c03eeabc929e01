using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// A built-in network by its spelling, <c>kind:size:activation</c>, with words for variants behind it:
/// <list type="bullet">
/// <item><c>mlp:30x64:relu</c> (hidden layers x width), <c>cnn:30x16:relu</c> (3x3 convolutions x channels, then a global
/// mean), <c>lenet:8:relu</c> (channels) and <c>text:4x64:relu</c> (an embedding, then convolutions over characters x
/// channels) have neither normalization layers nor skips, so that nothing but the initialization decides whether the
/// signal survives.</item>
/// <item><c>resnet:50:relu</c> is a published residual network (18, 34, 50, 101 or 152), its parameters named as in
/// torchvision; <c>resnet:30x16:relu</c> a stack of residual blocks x channels. With <c>plain</c> they lack batch norm and
/// have biases instead.</item>
/// <item><c>transformer:12x64:gelu</c> (blocks x width) has layer norm in front of its branches (<c>pre</c>, which needn't
/// be written), or behind its sums (<c>post</c>).</item>
/// <item><c>scaled</c> multiplies each residual branch by 1/sqrt(number of branches):
/// <c>transformer:12x64:gelu:post:scaled</c>.</item>
/// </list>
/// </summary>
public sealed record Network
{
    private const int MostLayers = 1000;
    private const int MostUnits = 4096;

    private readonly NetworkKind _kind;
    private readonly NetworkVariants _variants;

    private Network(
        NetworkKind kind,
        int depth,
        int width,
        bool isNamed,
        Activation activation,
        NetworkVariants variants
    ) => (_kind, Depth, Width, IsNamed, Activation, _variants) = (kind, depth, width, isNamed, activation, variants);

    /// <summary>The kind's name: <c>mlp</c>.</summary>
    public string Kind => _kind.Name;

    /// <summary>
    /// Hidden layers (of <c>lenet</c>: 3), or blocks of a transformer or a residual stack, or the depth that a published
    /// residual network is named by.
    /// </summary>
    public int Depth { get; }

    /// <summary>Units or channels of a hidden layer; of a published residual network, 64 in its first.</summary>
    public int Width { get; }

    /// <summary>The activation after each hidden layer.</summary>
    public Activation Activation { get; }

    /// <summary>True when the network reads texts as token ids where it may choose.</summary>
    public bool ReadsTokens => _kind.Reads[0] == InputKind.Tokens;

    /// <summary>What it reads where nobody says: inputs as wide as its hidden layers where it isn't made for others.</summary>
    public InputShape DefaultInput => _kind.DefaultInput(this);

    /// <summary>The classes that it tells apart where nobody says: 10, of a published residual network 1,000.</summary>
    public int DefaultClasses => _kind.DefaultClasses(this);

    /// <summary>True for a published architecture, of which the depth alone is written.</summary>
    internal bool IsNamed { get; }

    /// <summary>Reads a spelling.</summary>
    /// <exception cref="SpellingException">Says what is wrong and the nearest valid spelling.</exception>
    public static Network Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':');
        NetworkKind kind =
            NetworkKind.All.FirstOrDefault(k => k.Name == parts[0])
            ?? throw new SpellingException(
                Spelling.Unknown("network", parts[0], [.. NetworkKind.All.Select(k => k.Name)])
                    + $" (write for example {NetworkKind.All[0].Example})"
            );
        if (parts.Length < 3)
        {
            throw new SpellingException(
                $"the network {Quoted.Cut(text)} lacks its {(parts.Length == 1 ? "size and activation" : "activation")}; "
                    + $"write for example {kind.Example}"
            );
        }
        (int depth, int width, bool isNamed) = NetworkSize.Parse(
            parts[1],
            kind,
            Quoted.Cut(text),
            MostLayers,
            MostUnits
        );
        Activation activation = Activation.Parse(parts[2]);
        if (activation.IsGated)
        {
            throw new SpellingException(
                $"the activation '{activation}' pairs two inputs of one unit, so it can't stand alone behind a layer; use for example gelu or silu"
            );
        }
        return new(kind, depth, width, isNamed, activation, VariantsOf(parts.AsSpan(3), kind, text));
    }

    /// <summary>The network for a data set: its inputs and classes decide the first and last layer's size.</summary>
    /// <exception cref="DataFormatException">The network can't read such data.</exception>
    public nn.Module<Tensor, Tensor> Build(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckFits(data);
        return _kind.Build(this, InputShape.Of(data), data.Classes.Count);
    }

    /// <summary>The network for inputs of a shape.</summary>
    /// <param name="input">What it reads; <see cref="DefaultInput"/> for one.</param>
    /// <param name="classes">Outputs, at least 1.</param>
    /// <exception cref="DataFormatException">The network can't read such inputs.</exception>
    public nn.Module<Tensor, Tensor> Build(InputShape input, int classes)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        CheckFits(input);
        return _kind.Build(this, input, classes);
    }

    /// <summary>Sizes as they are typed, such as 3, 64, 64, as what this network reads.</summary>
    /// <param name="sizes">[features], [channels, height, width] or [tokens], without the dimension of the batch.</param>
    /// <exception cref="DataFormatException">The network can't read such inputs.</exception>
    public InputShape InputOf(IReadOnlyList<long> sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        InputShape? input = sizes switch
        {
            _ when sizes.Any(size => size < 1) || sizes.Aggregate(1.0, (a, b) => a * b) > 1L << 40 => null,
            [var channels, var height, var width] when _kind.Reads.Contains(InputKind.Image) => InputShape.Image(
                channels,
                height,
                width
            ),
            [var length] when ReadsTokens => InputShape.Tokens(length, DefaultInput.Vocabulary),
            [var features] when _kind.Reads.Contains(InputKind.Vector) => InputShape.Vector(features),
            _ => null,
        };
        if (input is null)
        {
            throw new DataFormatException(
                $"The network {this} reads {Words(_kind)}: its input shape must be {string.Join(" or ", _kind.Reads.Select(SizesOf))}, "
                    + $"not {(sizes.Count == 0 ? "empty" : string.Join(',', sizes.Take(8).Select(s => s.ToString(CultureInfo.InvariantCulture))))}."
            );
        }
        CheckFits(input);
        return input;
    }

    /// <summary>
    /// The least that the network holds for inputs of a shape: weights, and hidden activations of one example. An estimate
    /// from below, to refuse what can't fit into memory before it is built.
    /// </summary>
    public (double Weights, double Activations) LeastSize(InputShape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return _kind.Size(this, input);
    }

    /// <summary>The spelling.</summary>
    public override string ToString()
    {
        string width = Width.ToString(CultureInfo.InvariantCulture);
        string depth = Depth.ToString(CultureInfo.InvariantCulture);
        string size =
            IsNamed ? depth
            : _kind.FixedDepth is null ? $"{depth}x{width}"
            : width;
        return string.Join(
            ':',
            [
                Kind,
                size,
                Activation.ToString(),
                .. _kind.Variants.Where(v => v.Meaning != NetworkVariants.None && Has(v.Meaning)).Select(v => v.Word),
            ]
        );
    }

    /// <summary>Does nothing if the network can read such data.</summary>
    /// <exception cref="DataFormatException">It can't; says which could.</exception>
    public void CheckFits(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckFits(
            InputShape.Of(data),
            $"'{data.Name}' holds {(data.Kind == InputKind.Vector ? "vectors" : Words(data.Kind))}",
            $"those of '{data.Name}'"
        );
    }

    /// <summary>Does nothing if the network can read such inputs.</summary>
    /// <exception cref="DataFormatException">It can't; says which could.</exception>
    public void CheckFits(InputShape input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckFits(input, $"the inputs are {Words(input.Kind)} of shape {input}", "these");
    }

    /// <summary>Whether a variant's word is among those behind the activation.</summary>
    internal bool Has(NetworkVariants variant) => _variants.HasFlag(variant);

    private void CheckFits(InputShape input, string finding, string images)
    {
        if (!_kind.Reads.Contains(input.Kind))
        {
            string[] fitting = [.. NetworkKind.All.Where(k => k.Reads[0] == input.Kind).Select(k => k.Example)];
            string examples =
                fitting.Length < 3
                    ? string.Join(" or ", fitting)
                    : $"{string.Join(", ", fitting[..^1])} or {fitting[^1]}";
            throw new DataFormatException(
                $"The network {this} reads {Words(_kind)}, but {finding}; {examples} would fit."
            );
        }
        if (input.Kind == InputKind.Image && _kind.LeastSide > Math.Min(input.Sizes[1], input.Sizes[2]))
        {
            throw new DataFormatException(
                $"The network {this} halves its images twice: they must be {_kind.LeastSide} pixels or more on each side, "
                    + $"but {images} are {input.Sizes[1]}x{input.Sizes[2]}."
            );
        }
    }

    private static string Words(NetworkKind kind) => string.Join(" or ", kind.Reads.Select(Words));

    private static string Words(InputKind kind) =>
        kind switch
        {
            InputKind.Image => "images",
            InputKind.Tokens => "texts",
            _ => "vectors",
        };

    private static string SizesOf(InputKind kind) =>
        kind switch
        {
            InputKind.Image => "channels,height,width",
            InputKind.Tokens => "a number of tokens",
            _ => "a number of features",
        };

    private static NetworkVariants VariantsOf(ReadOnlySpan<string> words, NetworkKind kind, string whole)
    {
        var variants = NetworkVariants.None;
        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (string word in words)
        {
            if (kind.Variants.IsEmpty)
            {
                throw new SpellingException(
                    $"the network {Quoted.Cut(whole)} goes on behind its activation, where {kind.Name} has nothing to choose; write for example {kind.Example}"
                );
            }
            (string Word, NetworkVariants Meaning)? variant = kind.Variants.FirstOrDefault(v => v.Word == word);
            if (variant?.Word is null)
            {
                throw new SpellingException(
                    Spelling.Unknown($"variant of {kind.Name}", word, [.. kind.Variants.Select(v => v.Word)])
                );
            }
            if (!said.Add(word))
            {
                throw new SpellingException($"the network {Quoted.Cut(whole)} says '{word}' twice");
            }
            variants |= variant.Value.Meaning;
        }
        return said.Contains("pre") && said.Contains("post")
            ? throw new SpellingException(
                $"the network {Quoted.Cut(whole)} says both 'pre' and 'post'; layer norm stands in front of the branches or behind the sums"
            )
            : variants;
    }
}

using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace FanIn.Lab;

/// <summary>
/// A built-in network by its spelling, <c>kind:size:activation</c>: <c>mlp:30x64:relu</c> (hidden layers x width),
/// <c>cnn:30x16:relu</c> (3x3 convolutions x channels, then a global mean), <c>lenet:8:relu</c> (channels) and
/// <c>text:4x64:relu</c> (an embedding, then convolutions over characters x channels). None has normalization
/// layers or skips, so that nothing but the initialization decides whether the signal survives.
/// </summary>
public sealed record Network
{
    private const int MostLayers = 1000;
    private const int MostUnits = 4096;

    private readonly NetworkKind _kind;

    private Network(NetworkKind kind, int depth, int width, Activation activation) =>
        (_kind, Depth, Width, Activation) = (kind, depth, width, activation);

    /// <summary>The kind's name: <c>mlp</c>.</summary>
    public string Kind => _kind.Name;

    /// <summary>Hidden layers (of <c>lenet</c>: 3).</summary>
    public int Depth { get; }

    /// <summary>Units or channels of a hidden layer.</summary>
    public int Width { get; }

    /// <summary>The activation after each hidden layer.</summary>
    public Activation Activation { get; }

    /// <summary>True when the network reads texts as token ids.</summary>
    public bool ReadsTokens => _kind.Reads == InputKind.Tokens;

    /// <summary>Reads a spelling.</summary>
    /// <exception cref="SpellingException">Says what is wrong and the nearest valid spelling.</exception>
    public static Network Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split(':', 3);
        NetworkKind kind =
            NetworkKind.All.FirstOrDefault(k => k.Name == parts[0])
            ?? throw new SpellingException(
                Spelling.Unknown("network", parts[0], [.. NetworkKind.All.Select(k => k.Name)])
                    + $" (write for example {NetworkKind.All[0].Example})"
            );
        if (parts.Length != 3)
        {
            throw new SpellingException(
                $"the network {Quote(text)} lacks its {(parts.Length == 1 ? "size and activation" : "activation")}; "
                    + $"write for example {kind.Example}"
            );
        }
        int[] sizes = Sizes(parts[1], kind, text);
        Activation activation = Activation.Parse(parts[2]);
        if (activation.IsGated)
        {
            throw new SpellingException(
                $"the activation '{activation}' pairs two inputs of one unit, so it can't stand alone behind a layer; use for example gelu or silu"
            );
        }
        return new(kind, kind.FixedDepth ?? sizes[0], sizes[^1], activation);
    }

    /// <summary>The network for a data set: its inputs and classes decide the first and last layer's size.</summary>
    /// <exception cref="DataFormatException">The network can't read such data.</exception>
    public nn.Module<Tensor, Tensor> Build(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        CheckFits(data);
        return _kind.Build(this, data);
    }

    /// <summary>The spelling.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Kind}:{(_kind.FixedDepth is null ? $"{Depth}x" : "")}{Width}:{Activation}"
        );

    /// <summary>Does nothing if the network can read such data.</summary>
    /// <exception cref="DataFormatException">It can't; says which could.</exception>
    public void CheckFits(DataSet data)
    {
        bool fits = _kind.Reads == data.Kind || (_kind.Reads == InputKind.Vector && data.Kind == InputKind.Image);
        if (!fits)
        {
            throw new DataFormatException(
                $"The network {this} reads {Words(_kind.Reads)}, but '{data.Name}' holds {(data.Kind == InputKind.Vector ? "vectors" : Words(data.Kind))}; "
                    + $"{string.Join(" or ", NetworkKind.All.Where(k => k.Reads == data.Kind).Select(k => k.Example))} would fit."
            );
        }
        if (data.Kind == InputKind.Image && _kind.LeastSide > Math.Min(data.InputShape[1], data.InputShape[2]))
        {
            throw new DataFormatException(
                $"The network {this} halves its images twice: they must be {_kind.LeastSide} pixels or more on each side, "
                    + $"but those of '{data.Name}' are {data.InputShape[1]}x{data.InputShape[2]}."
            );
        }
    }

    /// <summary>Cut where it is too long for a sentence, control characters replaced.</summary>
    private static string Quote(string text)
    {
        string cut = text.Length > 60 ? $"{text.AsSpan(0, 57)}..." : text;
        return $"'{string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c))}'";
    }

    private static string Words(InputKind kind) =>
        kind switch
        {
            InputKind.Image => "images",
            InputKind.Tokens => "texts",
            _ => "vectors or images",
        };

    private static int[] Sizes(string text, NetworkKind kind, string whole)
    {
        string[] parts = text.Split('x');
        int expected = kind.FixedDepth is null ? 2 : 1;
        int[] most = expected == 2 ? [MostLayers, MostUnits] : [MostUnits];
        int[] sizes = new int[parts.Length];
        bool right = parts.Length == expected;
        for (int i = 0; right && i < parts.Length; i++)
        {
            right =
                int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out sizes[i])
                && sizes[i] >= 1
                && sizes[i] <= most[i];
        }
        return right
            ? sizes
            : throw new SpellingException(
                $"the size {Quote(text)} of the network {Quote(whole)} must be "
                    + (
                        expected == 2
                            ? $"layers x width, 1 to {MostLayers} and 1 to {MostUnits}"
                            : $"a width of 1 to {MostUnits}"
                    )
                    + $", as in {kind.Example}"
            );
    }
}

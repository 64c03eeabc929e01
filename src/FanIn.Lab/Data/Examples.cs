namespace FanIn.Lab;

/// <summary>Labelled examples in memory, one row an example: the training or the test part of a <see cref="DataSet"/>.</summary>
public sealed class Examples
{
    /// <summary>Vectors or images: <paramref name="inputs"/> holds the rows one after the other.</summary>
    public Examples(ReadOnlyMemory<float> inputs, ReadOnlyMemory<int> labels)
    {
        Inputs = inputs;
        Labels = labels;
    }

    /// <summary>Token sequences of one length: <paramref name="tokens"/> holds the rows one after the other.</summary>
    public Examples(ReadOnlyMemory<int> tokens, ReadOnlyMemory<int> labels)
    {
        Tokens = tokens;
        Labels = labels;
    }

    /// <summary>Number of examples.</summary>
    public int Count => Labels.Length;

    /// <summary>Row-major inputs, [count, input shape ...]; empty where the inputs are tokens.</summary>
    public ReadOnlyMemory<float> Inputs { get; }

    /// <summary>Row-major token ids, [count, tokens]; empty where the inputs are numbers.</summary>
    public ReadOnlyMemory<int> Tokens { get; }

    /// <summary>The class of each example: an index into <see cref="DataSet.Classes"/>.</summary>
    public ReadOnlyMemory<int> Labels { get; }
}

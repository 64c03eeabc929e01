using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace FanIn.Lab;

/// <summary>What one example of a data set is, and so which networks can read it.</summary>
public enum InputKind
{
    /// <summary>A row of numbers: shape [features].</summary>
    Vector,

    /// <summary>Shape [channels, height, width].</summary>
    Image,

    /// <summary>A sequence of token ids of fixed length: shape [tokens]; id 0 is padding, 1 an unknown token.</summary>
    Tokens,
}

/// <summary>
/// A classification task in memory: inputs and labels, split into a training and a test part. Immutable; many trials
/// may read one data set at the same time.
/// </summary>
public sealed class DataSet
{
    private readonly Lazy<string> _fingerprint;

    /// <summary>A data set of one's own arrays.</summary>
    /// <param name="name">How tables and reports call it.</param>
    /// <param name="kind">What one example is.</param>
    /// <param name="inputShape">[features], [channels, height, width] or [tokens], without the dimension of the batch.</param>
    /// <param name="classes">The names of the classes, at least two; a label is an index into them.</param>
    /// <param name="train">The examples to learn from.</param>
    /// <param name="test">The examples that accuracy is measured on; may be empty.</param>
    /// <param name="vocabularySize">One more than the greatest token id; 0 unless the inputs are tokens.</param>
    /// <exception cref="ArgumentException">Shapes, lengths or labels disagree, or an input isn't finite.</exception>
    public DataSet(
        string name,
        InputKind kind,
        IReadOnlyList<int> inputShape,
        IReadOnlyList<string> classes,
        Examples train,
        Examples test,
        int vocabularySize = 0
    )
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(inputShape);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        if (classes.Count < 2)
        {
            throw new ArgumentException(
                $"'{name}' has {classes.Count} class(es); a classifier needs at least two.",
                nameof(classes)
            );
        }
        if (train.Count == 0)
        {
            throw new ArgumentException($"'{name}' has no training examples.", nameof(train));
        }
        if (kind == InputKind.Tokens ? vocabularySize < 2 : vocabularySize != 0)
        {
            throw new ArgumentException(
                $"The vocabulary of '{name}' can't have {vocabularySize} ids: at least 2 for tokens, else 0.",
                nameof(vocabularySize)
            );
        }
        Name = name;
        Kind = kind;
        InputShape = Array.AsReadOnly([.. inputShape]);
        Classes = Array.AsReadOnly([.. classes]);
        Train = train;
        Test = test;
        VocabularySize = vocabularySize;
        InputSize = SizeOf(kind, inputShape);
        Validate(train, nameof(train));
        Validate(test, nameof(test));
        ClassPriorEntropy = EntropyOf(train.Labels.Span, Classes.Count);
        _fingerprint = new Lazy<string>(ComputeFingerprint);
    }

    /// <summary>How tables and reports call it.</summary>
    public string Name { get; }

    /// <summary>What one example is.</summary>
    public InputKind Kind { get; }

    /// <summary>The shape of one example: [features], [channels, height, width] or [tokens].</summary>
    public IReadOnlyList<int> InputShape { get; }

    /// <summary>Numbers (or tokens) in one example: the product of <see cref="InputShape"/>.</summary>
    public int InputSize { get; }

    /// <summary>One more than the greatest token id; 0 unless <see cref="Kind"/> is <see cref="InputKind.Tokens"/>.</summary>
    public int VocabularySize { get; }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>The examples to learn from.</summary>
    public Examples Train { get; }

    /// <summary>The examples that accuracy is measured on.</summary>
    public Examples Test { get; }

    /// <summary>
    /// Entropy of the class frequencies of the training part, in nats: the cross entropy of the best prediction that
    /// ignores its input, and so where a network stays that learns nothing but its output bias. ln(classes) only when
    /// the classes are balanced.
    /// </summary>
    public double ClassPriorEntropy { get; }

    /// <summary>
    /// The first 16 hexadecimal digits of a SHA-256 over shape, classes, inputs and labels: tells a changed file from
    /// the one whose results are stored. Computed on first use.
    /// </summary>
    public string Fingerprint => _fingerprint.Value;

    /// <summary>
    /// The same data with mean 0 and standard deviation 1 over the training part. Images: one mean and one deviation
    /// over all pixels, so that pixels keep their relative contrast and nearly constant borders aren't blown up.
    /// Vectors: by feature, a feature that is constant in the training part becomes 0. Tokens stay as they are.
    /// </summary>
    public DataSet Standardized()
    {
        if (Kind == InputKind.Tokens)
        {
            return this;
        }
        Standardization step = Standardization.Fit(Train.Inputs.Span, Kind == InputKind.Image ? 1 : InputSize);
        return WithInputs(InputShape, step.Apply(Train.Inputs.Span), step.Apply(Test.Inputs.Span));
    }

    internal DataSet WithInputs(IReadOnlyList<int> shape, float[] train, float[] test) =>
        new(Name, Kind, shape, Classes, new Examples(train, Train.Labels), new Examples(test, Test.Labels));

    private static int SizeOf(InputKind kind, IReadOnlyList<int> inputShape)
    {
        int rank = kind == InputKind.Image ? 3 : 1;
        if (inputShape.Count != rank || inputShape.Any(dimension => dimension < 1))
        {
            throw new ArgumentException(
                $"The input shape of {kind} data has {rank} positive dimension(s), not [{string.Join(", ", inputShape)}].",
                nameof(inputShape)
            );
        }
        return inputShape.Aggregate(1, (product, dimension) => checked(product * dimension));
    }

    private void Validate(Examples part, string partName)
    {
        bool tokens = Kind == InputKind.Tokens;
        long expected = (long)part.Count * InputSize;
        long found = tokens ? part.Tokens.Length : part.Inputs.Length;
        if (found != expected || (tokens ? part.Inputs.Length : part.Tokens.Length) != 0)
        {
            throw new ArgumentException(
                $"'{Name}' needs {expected} {(tokens ? "tokens" : "numbers")} for {part.Count} examples of {InputSize}, "
                    + $"not {found}.",
                partName
            );
        }
        foreach (int label in part.Labels.Span)
        {
            if ((uint)label >= (uint)Classes.Count)
            {
                throw new ArgumentException(
                    $"'{Name}' has the label {label}; labels are 0 to {Classes.Count - 1}.",
                    partName
                );
            }
        }
        foreach (int token in part.Tokens.Span)
        {
            if ((uint)token >= (uint)VocabularySize)
            {
                throw new ArgumentException(
                    $"'{Name}' has the token {token}; tokens are 0 to {VocabularySize - 1}.",
                    partName
                );
            }
        }
        foreach (float value in part.Inputs.Span)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException($"'{Name}' has the input {value}, which isn't finite.", partName);
            }
        }
    }

    private static double EntropyOf(ReadOnlySpan<int> labels, int classes)
    {
        var counts = new int[classes];
        foreach (int label in labels)
        {
            counts[label]++;
        }
        double entropy = 0;
        foreach (int count in counts)
        {
            double frequency = (double)count / labels.Length;
            entropy -= count == 0 ? 0 : frequency * Math.Log(frequency);
        }
        return entropy;
    }

    private string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string head =
            $"{Kind}\0{string.Join(',', InputShape)}\0{VocabularySize}\0{Train.Count}\0{string.Join('\0', Classes)}\0";
        hash.AppendData(System.Text.Encoding.UTF8.GetBytes(head));
        foreach (Examples part in (Examples[])[Train, Test])
        {
            hash.AppendData(MemoryMarshal.AsBytes(part.Labels.Span));
            hash.AppendData(MemoryMarshal.AsBytes(part.Inputs.Span));
            hash.AppendData(MemoryMarshal.AsBytes(part.Tokens.Span));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}

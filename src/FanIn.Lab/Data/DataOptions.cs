namespace FanIn.Lab;

/// <summary>How texts become numbers.</summary>
public enum TextForm
{
    /// <summary>
    /// A vector for each text: tf-idf of the 1,000 most widespread character 1- to 3-grams, scaled so that the numbers of a
    /// text have a root mean square of 1.
    /// </summary>
    Bag,

    /// <summary>Character ids of fixed length, for a network with an embedding.</summary>
    Tokens,
}

/// <summary>What <see cref="DataSets.Load"/> may be told beside the name.</summary>
public sealed record DataOptions
{
    /// <summary>Where the files of <c>fashion-mnist</c> or <c>spam-assassin</c> are.</summary>
    public string? Folder { get; init; }

    /// <summary>Mean-pools square images to this side, which must divide theirs: 7 makes 7x7 of fashion14.</summary>
    public int? ImageSide { get; init; }

    /// <summary>
    /// How texts become numbers; if not said, <see cref="TextForm.Bag"/>, or <see cref="TextForm.Tokens"/> where
    /// <see cref="PrefersTokens"/>. Data without texts refuse it.
    /// </summary>
    public TextForm? Text { get; init; }

    /// <summary>True for whoever can read both token ids and other data: texts become tokens, all else stays as it is.</summary>
    public bool PrefersTokens { get; init; }

    /// <summary>
    /// Tokens in a text, the rest is cut off; if not said, as many as the longest training text has, at most 128.
    /// </summary>
    public int? TextLength { get; init; }
}

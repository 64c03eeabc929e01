using System.Runtime.InteropServices;
using System.Text;

namespace FanIn.Lab;

/// <summary>
/// Turns texts into numbers by what their training part holds. Texts are read as lower-case Unicode code points.
/// </summary>
internal static class TextFeatures
{
    /// <summary>N-grams of a bag and characters of token ids: the most widespread ones of the training part.</summary>
    public const int MaxVocabulary = 1000;

    /// <summary>The longest sequence of tokens unless another is asked for.</summary>
    public const int MaxLength = 128;

    private const int LongestGram = 3;

    /// <summary>The ids below the first character's: padding and unknown.</summary>
    private const int FirstId = 2;

    /// <summary>Of a long text, mail say, only the beginning counts: this many code points.</summary>
    public const int LongestText = 4096;

    /// <summary>Unicode code points of a text in lower case.</summary>
    public static int[] CodePoints(string text) =>
        [.. text.EnumerateRunes().Select(r => Rune.ToLowerInvariant(r).Value).Take(LongestText)];

    /// <summary>
    /// Tf-idf of character 1- to 3-grams: count * (ln((1 + n) / (1 + df)) + 1), n training texts, df of which hold the
    /// gram; then each row is scaled to the Euclidean length sqrt(V), a root mean square of 1. A text without any known
    /// gram is a row of zeros.
    /// </summary>
    public static DataSet Bag(string name, LabelledData labelled, IReadOnlyList<int[]> texts)
    {
        int[] train = labelled.Split.Train;
        List<(ulong Gram, int Texts)> grams = MostWidespread(train.Select(i => Grams(texts[i])));
        var column = new Dictionary<ulong, int>(grams.Count);
        var idf = new double[grams.Count];
        for (int c = 0; c < grams.Count; c++)
        {
            column.Add(grams[c].Gram, c);
            idf[c] = Math.Log((1.0 + train.Length) / (1.0 + grams[c].Texts)) + 1;
        }
        var rows = new float[texts.Count * grams.Count];
        for (int i = 0; i < texts.Count; i++)
        {
            FillBag(rows.AsSpan(i * grams.Count, grams.Count), texts[i], column, idf);
        }
        return labelled.ToDataSet(name, InputKind.Vector, [grams.Count], rows);
    }

    /// <summary>
    /// Character ids, cut off or padded with 0 at the end; 1 stands for a character that the training part doesn't hold
    /// (or that is rarer there than the first 1,000).
    /// </summary>
    public static DataSet Tokens(string name, LabelledData labelled, IReadOnlyList<int[]> texts, int? length)
    {
        int[] train = labelled.Split.Train;
        int width = length ?? Math.Min(MaxLength, train.Max(i => texts[i].Length));
        List<(ulong Character, int Texts)> characters = MostWidespread(
            train.Select(i => texts[i].Select(character => (ulong)character))
        );
        var id = new Dictionary<int, int>(characters.Count);
        foreach ((ulong character, _) in characters)
        {
            id.Add((int)character, FirstId + id.Count);
        }
        var rows = new int[checked(texts.Count * width)];
        for (int i = 0; i < texts.Count; i++)
        {
            int[] text = texts[i];
            Span<int> row = rows.AsSpan(i * width, width);
            for (int t = 0; t < Math.Min(width, text.Length); t++)
            {
                row[t] = id.GetValueOrDefault(text[t], 1);
            }
        }
        return new DataSet(
            name,
            InputKind.Tokens,
            [width],
            labelled.Classes,
            new Examples(Split.Gather<int>(rows, width, labelled.Split.Train), labelled.TrainLabels),
            new Examples(Split.Gather<int>(rows, width, labelled.Split.Test), labelled.TestLabels),
            FirstId + id.Count
        );
    }

    private static void FillBag(Span<float> row, int[] text, Dictionary<ulong, int> column, double[] idf)
    {
        foreach (ulong gram in Grams(text))
        {
            if (column.TryGetValue(gram, out int c))
            {
                row[c]++;
            }
        }
        double squares = 0;
        for (int c = 0; c < row.Length; c++)
        {
            double weighted = row[c] * idf[c];
            squares += weighted * weighted;
        }
        double scale = squares == 0 ? 0 : Math.Sqrt(row.Length / squares);
        for (int c = 0; c < row.Length; c++)
        {
            row[c] = (float)(row[c] * idf[c] * scale);
        }
    }

    /// <summary>Every 1- to 3-gram at every place; 21 bits a code point, plus one so that a shorter gram differs.</summary>
    private static IEnumerable<ulong> Grams(int[] text)
    {
        for (int start = 0; start < text.Length; start++)
        {
            ulong gram = 0;
            for (int n = 0; n < LongestGram && start + n < text.Length; n++)
            {
                gram = (gram << 21) | (uint)(text[start + n] + 1);
                yield return gram;
            }
        }
    }

    /// <summary>The features that most texts hold, with the number of those texts; ties go to the smaller key.</summary>
    private static List<(ulong Feature, int Texts)> MostWidespread(IEnumerable<IEnumerable<ulong>> texts)
    {
        var counts = new Dictionary<ulong, int>();
        foreach (IEnumerable<ulong> text in texts)
        {
            foreach (ulong feature in text.ToHashSet())
            {
                CollectionsMarshal.GetValueRefOrAddDefault(counts, feature, out _)++;
            }
        }
        return
        [
            .. counts
                .OrderByDescending(pair => pair.Value)
                .ThenBy(pair => pair.Key)
                .Take(MaxVocabulary)
                .Select(pair => (pair.Key, pair.Value)),
        ];
    }
}

using System.Globalization;

namespace FanIn.Lab;

/// <summary>Class names of the examples of one file or folder, turned into indices, and the split that follows.</summary>
internal sealed record LabelledData(string[] Classes, int[] Labels, Split Split)
{
    /// <param name="source">The file or folder, for messages.</param>
    /// <param name="labels">The class name of each example.</param>
    /// <param name="digests">What tells one input from another.</param>
    /// <param name="given">The split that the source itself has; if none, every fifth example is held out.</param>
    public static LabelledData Create(
        string source,
        IReadOnlyList<string> labels,
        ReadOnlySpan<UInt128> digests,
        Split? given = null
    )
    {
        string[] classes = ClassesOf(labels);
        if (classes.Length < 2)
        {
            throw new DataFormatException(
                $"'{source}' has one class only, '{classes[0]}'; a classifier needs at least two."
            );
        }
        int[] ids = IdsOf(labels, classes);
        Split split = given ?? Split.EveryFifth(ids, digests);
        RequireTraining(source, classes, ids, split);
        return new LabelledData(classes, ids, split);
    }

    public int[] TrainLabels => Split.Gather<int>(Labels, 1, Split.Train);

    public int[] TestLabels => Split.Gather<int>(Labels, 1, Split.Test);

    public DataSet ToDataSet(string name, InputKind kind, IReadOnlyList<int> shape, ReadOnlySpan<float> rows)
    {
        int width = shape.Aggregate(1, (product, dimension) => product * dimension);
        return new DataSet(
            name,
            kind,
            shape,
            Classes,
            new Examples(Split.Gather(rows, width, Split.Train), TrainLabels),
            new Examples(Split.Gather(rows, width, Split.Test), TestLabels)
        );
    }

    /// <summary>Sorted as numbers where all of them are whole numbers, else by their characters.</summary>
    private static string[] ClassesOf(IReadOnlyList<string> labels)
    {
        string[] classes = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = new long[classes.Length];
        for (int i = 0; i < classes.Length; i++)
        {
            if (!long.TryParse(classes[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]))
            {
                return classes;
            }
        }
        Array.Sort(numbers, classes);
        return classes;
    }

    private static int[] IdsOf(IReadOnlyList<string> labels, string[] classes)
    {
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < classes.Length; i++)
        {
            index.Add(classes[i], i);
        }
        return [.. labels.Select(label => index[label])];
    }

    private static void RequireTraining(string source, string[] classes, int[] ids, Split split)
    {
        var counts = new int[classes.Length];
        foreach (int i in split.Train)
        {
            counts[ids[i]]++;
        }
        int empty = Array.IndexOf(counts, 0);
        if (empty >= 0)
        {
            throw new DataFormatException(
                $"The class '{classes[empty]}' of '{source}' has {ids.Count(id => id == empty)} example(s), and none is "
                    + "left for training when the test part is held out; every class needs a few that differ."
            );
        }
        if (split.Test.Length == 0)
        {
            throw new DataFormatException(
                $"All examples of '{source}' are equal, so none can be held out for testing."
            );
        }
    }
}

namespace FanIn.Lab;

/// <summary>Fashion-MNIST (Xiao, Rasul, Vollgraf 2017, arXiv:1708.07747): the whole set, and the small one built in.</summary>
internal static class FashionMnist
{
    /// <summary>Where Debian's package dataset-fashion-mnist puts the files.</summary>
    private const string SystemFolder = "/usr/share/datasets/fashion-mnist";

    private static readonly string[] s_classes =
    [
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ];

    /// <summary>8,000 training and 2,000 test images, mean-pooled to 14x14.</summary>
    public static DataSet LoadSmall() =>
        Load("fashion14", (part, content) => DataSource.Embedded($"fashion14-{part}-{content}-ubyte.gz"), "test");

    /// <summary>60,000 training and 10,000 test images, 28x28, from the four IDX files of a folder.</summary>
    public static DataSet LoadFolder(string? folder)
    {
        folder ??= SystemFolder;
        if (!Directory.Exists(folder))
        {
            throw new DataFormatException(
                folder == SystemFolder
                    ? $"Fashion-MNIST isn't at {SystemFolder}: install the package dataset-fashion-mnist "
                        + "(Debian, Ubuntu), or name the folder that holds its four IDX files."
                    : $"There is no folder '{folder}'; expected one with the four IDX files of Fashion-MNIST."
            );
        }
        return Load("fashion-mnist", (part, content) => FileOf(folder, $"{part}-{content}-ubyte"), "t10k");
    }

    private static DataSource FileOf(string folder, string name)
    {
        string path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            return DataSource.File(path);
        }
        return File.Exists(path + ".gz")
            ? DataSource.File(path + ".gz")
            : throw new DataFormatException($"'{folder}' holds neither {name} nor {name}.gz.");
    }

    private static DataSet Load(string name, Func<string, string, DataSource> source, string testPrefix)
    {
        (int[] shape, Examples train) = LoadPart("train", source);
        (int[] testShape, Examples test) = LoadPart(testPrefix, source);
        if (!shape.SequenceEqual(testShape))
        {
            throw new DataFormatException(
                $"The test images of '{source(testPrefix, "images-idx3").Name}' are {testShape[1]}x{testShape[2]}, "
                    + $"the training images {shape[1]}x{shape[2]}."
            );
        }
        return new DataSet(name, InputKind.Image, shape, s_classes, train, test);
    }

    private static (int[] Shape, Examples Examples) LoadPart(string part, Func<string, string, DataSource> source)
    {
        DataSource imageSource = source(part, "images-idx3");
        DataSource labelSource = source(part, "labels-idx1");
        (int[] dimensions, byte[] pixels) = Idx.ReadImages(imageSource);
        byte[] labels = Idx.ReadLabels(labelSource);
        if (labels.Length != dimensions[0])
        {
            throw new DataFormatException(
                $"'{labelSource.Name}' has {labels.Length} labels for the {dimensions[0]} images of "
                    + $"'{imageSource.Name}'."
            );
        }
        int wrong = Array.FindIndex(labels, label => label >= s_classes.Length);
        if (wrong >= 0)
        {
            throw new DataFormatException(
                $"Label {wrong + 1} of '{labelSource.Name}' is {labels[wrong]}; labels are 0 to {s_classes.Length - 1}."
            );
        }
        return (
            [1, dimensions[1], dimensions[2]],
            new Examples(Array.ConvertAll(pixels, pixel => (float)pixel), Array.ConvertAll(labels, label => (int)label))
        );
    }
}

using System.Text;
using SkiaSharp;

namespace FanIn.Lab.Tests;

public sealed class FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fashion_mnist_is_read_from_plain_and_packed_files(bool gzip)
    {
        WriteFashion(gzip, train: 20, test: 10);

        DataSet data = DataSets.Load("fashion-mnist", new DataOptions { Folder = _folder.Path });

        Assert.Equal("fashion-mnist", data.Name);
        Assert.Equal([1, 28, 28], data.InputShape);
        Assert.Equal((20, 10), (data.Train.Count, data.Test.Count));
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i % 10), data.Train.Labels.ToArray());
        Assert.Equal(Math.Log(10), data.ClassPriorEntropy, 1e-12);
    }

    [Fact]
    public void Fashion_mnist_pools_to_7x7()
    {
        WriteFashion(gzip: true, train: 20, test: 10);

        DataSet data = DataSets.Load("fashion-mnist", new DataOptions { Folder = _folder.Path, ImageSide = 7 });

        Assert.Equal([1, 7, 7], data.InputShape);
        Assert.Equal(20 * 49, data.Train.Inputs.Length);
    }

    [Fact]
    public void Fashion_mnist_of_the_system_is_found_by_itself()
    {
        Assert.SkipUnless(
            Directory.Exists("/usr/share/datasets/fashion-mnist"),
            "The package dataset-fashion-mnist isn't installed."
        );

        DataSet data = DataSets.Load("fashion-mnist");

        Assert.Equal((60_000, 10_000), (data.Train.Count, data.Test.Count));
        Assert.Equal([1, 28, 28], data.InputShape);
    }

    [Fact]
    public void Fashion_mnist_with_wrong_files_is_refused()
    {
        WriteFashion(gzip: false, train: 20, test: 10);
        string labels = _folder.Write("train-labels-idx1-ubyte", TemporaryFolder.Idx([19], new byte[19]));
        string images = Path.Combine(_folder.Path, "train-images-idx3-ubyte");
        Assert.Equal($"'{labels}' has 19 labels for the 20 images of '{images}'.", FashionRefusal());

        _folder.Write("train-labels-idx1-ubyte", TemporaryFolder.Idx([20], [.. new byte[18], 10, 0]));
        Assert.Equal($"Label 19 of '{labels}' is 10; labels are 0 to 9.", FashionRefusal());

        WriteFashion(gzip: false, train: 20, test: 10);
        string test = _folder.Write("t10k-images-idx3-ubyte", TemporaryFolder.Idx([10, 8, 8], new byte[640]));
        Assert.Equal($"The test images of '{test}' are 8x8, the training images 28x28.", FashionRefusal());

        File.Delete(test);
        Assert.Equal(
            $"'{_folder.Path}' holds neither t10k-images-idx3-ubyte nor t10k-images-idx3-ubyte.gz.",
            FashionRefusal()
        );
        Assert.Equal(
            $"There is no folder '{_folder.Path}/none'; expected one with the four IDX files of Fashion-MNIST.",
            Refusal("fashion-mnist", new DataOptions { Folder = _folder.Path + "/none" })
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("data/")]
    public void Spam_assassin_takes_the_bodies_of_its_text_files_alone(string below)
    {
        for (int i = 0; i < 30; i++)
        {
            // Each mail is there twice, and the second copy must not be read.
            _folder.Write($"{below}easy-ham-1/{i:d5}.txt", $"List-Id: hamlist\r\nSubject: x\r\n\r\nlunch at {i}?");
            _folder.Write($"{below}easy-ham-1/{i:d5}.json", $"{{\"mail\":\"lunch at {i}?\"}}");
            _folder.Write($"{below}spam-2/{i:d5}.txt", Encoding.Latin1.GetBytes($"From: q\n\nEARN £{i} ©"));
        }
        _folder.Write($"{below}hard-ham-1/1.txt", "Subject: a mail without a body");
        _folder.Write($"{below}notes/read.me", "not mail");

        DataSet bag = DataSets.Load("spam-assassin", new DataOptions { Folder = _folder.Path });
        DataSet tokens = DataSets.Load(
            "spam-assassin",
            new DataOptions { Folder = _folder.Path, Text = TextForm.Tokens }
        );

        Assert.Equal(["ham", "spam"], bag.Classes);
        Assert.Equal(61, bag.Train.Count + bag.Test.Count);
        Assert.Equal(31, bag.Train.Labels.ToArray().Concat(bag.Test.Labels.ToArray()).Count(label => label == 0));
        // The longest text is the one without a body, whose head is kept; the bodies are much shorter.
        int[] lengths = [.. Lengths(tokens.Train).Concat(Lengths(tokens.Test)).Order()];
        Assert.Equal("lunch at 29?".Length, lengths[^2]);
    }

    [Fact]
    public void Spam_assassin_elsewhere_is_refused()
    {
        Assert.StartsWith(
            "The data set spam-assassin needs the folder",
            Refusal("spam-assassin"),
            StringComparison.Ordinal
        );
        Assert.Equal(
            $"There is no folder '{_folder.Path}/x'.",
            Refusal("spam-assassin", new DataOptions { Folder = _folder.Path + "/x" })
        );
        _folder.Write("cats/1.txt", "purr");
        Assert.EndsWith(
            "expected folders with 'ham' in their names and others that begin with 'spam', found cats.",
            Refusal("spam-assassin", new DataOptions { Folder = _folder.Path }),
            StringComparison.Ordinal
        );
        _folder.Write("spam-1/1.json", "{}");
        Assert.EndsWith(
            "spam-1' is empty: expected files that end in .txt.",
            Refusal("spam-assassin", new DataOptions { Folder = _folder.Path }),
            StringComparison.Ordinal
        );
        string blank = _folder.Write("spam-1/1.txt", "\r\n\r\n");
        _folder.Write("easy-ham-1/1.txt", "Subject: hello\n\nhello");
        Assert.Equal($"'{blank}' is empty.", Refusal("spam-assassin", new DataOptions { Folder = _folder.Path }));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, "png")]
    [InlineData(SKEncodedImageFormat.Jpeg, "JPG")]
    public void Grey_images_have_one_channel(SKEncodedImageFormat format, string ending)
    {
        for (byte i = 0; i < 10; i++)
        {
            _folder.Write($"dark/{i}.{ending}", Image(6, 4, new SKColor(i, i, i), format));
            _folder.Write(
                $"light/{i}.{ending}",
                Image(6, 4, new SKColor((byte)(255 - i), (byte)(255 - i), (byte)(255 - i)), format)
            );
        }
        _folder.Write("dark/thumbs.db", "passed over");
        _folder.Write(".git/x", "passed over");

        DataSet data = DataSets.Load(_folder.Path);

        Assert.Equal(Path.GetFileName(_folder.Path), data.Name);
        Assert.Equal(InputKind.Image, data.Kind);
        Assert.Equal([1, 4, 6], data.InputShape);
        Assert.Equal(["dark", "light"], data.Classes);
        Assert.Equal((16, 4), (data.Train.Count, data.Test.Count));
        for (int i = 0; i < 16; i++)
        {
            Assert.Equal(data.Train.Labels.Span[i] == 0 ? -1 : 1, data.Train.Inputs.Span[i * 24], 0.05);
        }
    }

    [Fact]
    public void Coloured_images_have_planes_of_red_green_and_blue()
    {
        for (byte i = 0; i < 5; i++)
        {
            _folder.Write($"red/{i}.png", Image(2, 2, new SKColor((byte)(250 + i), 0, 10), SKEncodedImageFormat.Png));
            _folder.Write($"blue/{i}.png", Image(2, 2, new SKColor(0, 0, (byte)(250 + i)), SKEncodedImageFormat.Png));
        }

        DataSet data = DataSets.Load(_folder.Path);

        Assert.Equal([3, 2, 2], data.InputShape);
        float[] image = data.Train.Inputs[^12..].ToArray();
        Assert.Equal("red", data.Classes[data.Train.Labels.Span[^1]]);
        // Standardized by one mean and one deviation: the three planes keep their order.
        Assert.True(image[0] > image[8] && image[8] > image[4]);
        Assert.All(image[..4], value => Assert.Equal(image[0], value));
    }

    [Fact]
    public void Wrong_images_are_named()
    {
        byte[] good = Image(4, 4, SKColors.Red, SKEncodedImageFormat.Png);
        _folder.Write("a/1.png", good);
        string second = _folder.Write("b/2.png", Image(5, 4, SKColors.Red, SKEncodedImageFormat.Png));
        Assert.Equal(
            $"'{second}' is 5x4; all images must have one size, and '{_folder.Path}/a/1.png' is 4x4.",
            Refusal(_folder.Path)
        );

        _folder.Write("b/2.png", "GIF89a, says the file");
        Assert.Equal($"'{second}' isn't a PNG or JPEG image or is damaged.", Refusal(_folder.Path));

        _folder.Write("b/2.png", good[..^30]);
        Assert.Equal(
            $"'{second}' is cut off or damaged: decoding it ended with IncompleteInput.",
            Refusal(_folder.Path)
        );

        _folder.Write("b/2.png", good[..20]);
        Assert.Equal($"'{second}' isn't a PNG or JPEG image or is damaged.", Refusal(_folder.Path));

        _folder.Write("b/2.png", []);
        Assert.Equal($"'{second}' isn't a PNG or JPEG image or is damaged.", Refusal(_folder.Path));

        // A header that declares 60000x60000 pixels, with its checksum made right by nobody: never allocated.
        byte[] huge = [.. good];
        huge[18] = huge[22] = 0xEA;
        _folder.Write("a/1.png", huge);
        Assert.Contains("a/1.png'", Refusal(_folder.Path), StringComparison.Ordinal);

        _folder.Write("a/1.png", good);
        _folder.Write("b/2.png", good);
        string text = _folder.Write("b/3.txt", "text");
        string mixed =
            $"The class folders of '{_folder.Path}' mix images and texts ('{text}', for one); expected one kind.";
        Assert.Equal(mixed, Refusal(_folder.Path));

        File.Delete(Path.Combine(_folder.Path, "b/2.png"));
        Assert.Equal(mixed, Refusal(_folder.Path));
    }

    [Fact]
    public void Folders_train_and_test_keep_their_split()
    {
        for (int i = 0; i < 6; i++)
        {
            _folder.Write($"train/cat/{i}.txt", $"miaow {i}");
            _folder.Write($"train/dog/{i}.txt", $"woof {i}");
        }
        _folder.Write("test/cat/1.txt", "miaow twice");
        _folder.Write("README.txt", "beside the classes");

        DataSet data = DataSets.Load(_folder.Path, new DataOptions { Text = TextForm.Tokens });

        Assert.Equal(["cat", "dog"], data.Classes);
        Assert.Equal((12, 1), (data.Train.Count, data.Test.Count));
        Assert.Equal([7], data.InputShape);

        _folder.Write("test/cow/1.txt", "moo");
        Assert.StartsWith("The class 'cow' of", Refusal(_folder.Path), StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_examples_are_refused()
    {
        Assert.StartsWith(
            $"'{_folder.Path}' has no folders in it; expected one for each class",
            Refusal(_folder.Path),
            StringComparison.Ordinal
        );

        _folder.Write("a/1.txt", "one");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "b"));
        Assert.Equal(
            $"The class folder '{_folder.Path}/b' is empty: expected files that end in .txt.",
            Refusal(_folder.Path)
        );

        Directory.Delete(Path.Combine(_folder.Path, "b"));
        Assert.Equal(
            $"'{_folder.Path}' has one class only, 'a'; a classifier needs at least two.",
            Refusal(_folder.Path)
        );

        string empty = _folder.Write("b/1.txt", " \n");
        Assert.Equal($"'{empty}' is empty.", Refusal(_folder.Path));

        Directory.Delete(Path.Combine(_folder.Path, "a"), recursive: true);
        Directory.Delete(Path.Combine(_folder.Path, "b"), recursive: true);
        Directory.CreateDirectory(Path.Combine(_folder.Path, "train"));
        Directory.CreateDirectory(Path.Combine(_folder.Path, "test"));
        Assert.Equal($"The folders train and test of '{_folder.Path}' have no class folders.", Refusal(_folder.Path));
    }

    [Fact]
    public void Texts_that_are_not_utf8_are_read_as_latin1()
    {
        for (int i = 0; i < 5; i++)
        {
            _folder.Write($"a/{i}.txt", $"é{i}");
            _folder.Write($"b/{i}.txt", Encoding.Latin1.GetBytes($"é{i + 5}"));
        }

        DataSet data = DataSets.Load(_folder.Path, new DataOptions { Text = TextForm.Tokens });

        // Eight digits of the training part at most and one é, whichever way it was written.
        Assert.Equal([2], data.InputShape);
        Assert.Single(data.Train.Tokens.ToArray().Where((_, i) => i % 2 == 0).Distinct());
    }

    public void Dispose() => _folder.Dispose();

    private static string Refusal(string name, DataOptions? options = null) =>
        Assert.Throws<DataFormatException>(() => DataSets.Load(name, options)).Message;

    private static IEnumerable<int> Lengths(Examples part) =>
        Enumerable
            .Range(0, part.Count)
            .Select(i => part.Tokens.Length / part.Count * i)
            .Select(start => part.Tokens.Span.Slice(start, part.Tokens.Length / part.Count).TrimEnd(0).Length);

    private static byte[] Image(int width, int height, SKColor color, SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(color);
        using SKData data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    private string FashionRefusal() => Refusal("fashion-mnist", new DataOptions { Folder = _folder.Path });

    private void WriteFashion(bool gzip, int train, int test)
    {
        foreach ((string part, int count) in ((string, int)[])[("train", train), ("t10k", test)])
        {
            byte[] pixels = [.. Enumerable.Range(0, count * 784).Select(i => (byte)(i * 31 % 251))];
            byte[] labels = [.. Enumerable.Range(0, count).Select(i => (byte)(i % 10))];
            Write($"{part}-images-idx3-ubyte", TemporaryFolder.Idx([count, 28, 28], pixels));
            Write($"{part}-labels-idx1-ubyte", TemporaryFolder.Idx([count], labels));
        }
        void Write(string name, byte[] bytes) =>
            _folder.Write(gzip ? name + ".gz" : name, gzip ? TemporaryFolder.GZip(bytes) : bytes);
    }
}

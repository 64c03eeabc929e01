using System.Text;

namespace FanIn.Checkpoints.Tests;

/// <summary>Names that are there twice, however they are spelled and whatever the others are.</summary>
public sealed class JsonNamesTests
{
    /// <summary>Against a set of .NET's texts, of names with what JSON's syntax is made of in them.</summary>
    [Fact]
    public void SeesWhatASetOfTextsSees()
    {
        string[] parts = ["a", "b", "\"", "\\", ":", ",", "\":1,\"", "\n", "\u00e9", "\ud83d\ude00", "{", "aa"];
        var random = new Random(5);
        int twice = 0;
        for (int round = 0; round < 3000; round++)
        {
            var names = new List<string>();
            int count = random.Next(1, round % 3 == 0 ? 60 : 12);
            for (int i = 0; i < count; i++)
            {
                names.Add(
                    string.Concat(Enumerable.Range(0, random.Next(4)).Select(_ => parts[random.Next(parts.Length)]))
                        + (random.Next(3) > 0 ? $"{i}" : "")
                );
            }
            string text =
                "{\"__metadata__\":{"
                + string.Join(',', names.Select(name => $"\"{Spelled(name, random)}\":\"\""))
                + "}}";
            bool differ = names.Distinct(StringComparer.Ordinal).Count() == names.Count;
            byte[] file = SafetensorsBytes.Of(text);
            if (differ)
            {
                Assert.Equal(
                    names.Order(StringComparer.Ordinal),
                    SafetensorsHeader.Parse(file).Metadata!.Keys.Order(StringComparer.Ordinal)
                );
            }
            else
            {
                twice++;
                Assert.Contains(
                    "is there twice in one object",
                    Assert.Throws<SafetensorsException>(() => SafetensorsHeader.Parse(file)).Message,
                    StringComparison.Ordinal
                );
            }
        }
        Assert.InRange(twice, 500, 2500);
    }

    /// <summary>Some characters by escapes that they don't need.</summary>
    private static string Spelled(string name, Random random)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            bool needs = c is '"' or '\\' or < ' ';
            text.Append(needs || random.Next(4) == 0 || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c);
        }
        return text.ToString();
    }

    [Fact]
    public void MoreTensorsThanAFileMayHaveAreRefused()
    {
        var text = new StringBuilder("{");
        for (int i = 0; i <= SafetensorsHeader.MaxTensors; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(SafetensorsBytes.Entry($"{i}", "U8", "[0]", 0, 0));
        }
        Assert.Equal(
            "This is no valid safetensors file: it has more than 1000000 tensors, which are the most.",
            Assert.Throws<SafetensorsException>(() => SafetensorsHeader.Parse(SafetensorsBytes.Of($"{text}}}"))).Message
        );
        Assert.StartsWith(
            "There are 1000001 tensors; 1000000 are the most that a safetensors file may have.",
            Assert
                .Throws<ArgumentException>(() =>
                    SafetensorsHeader.Create(
                        Enumerable
                            .Range(0, SafetensorsHeader.MaxTensors + 1)
                            .Select(i => new SafetensorsTensor($"{i}", SafetensorsType.U8, 0))
                    )
                )
                .Message,
            StringComparison.Ordinal
        );
    }
}

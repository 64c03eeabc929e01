using System.Text.Json;
using FanIn.Checkpoints;

namespace FanIn.Cli.Tests;

public sealed class VerifyTests : IDisposable
{
    private const string Llama =
        """{"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 300, "torch_dtype": "bfloat16"}""";

    private readonly Fanin _fanin = new();

    public void Dispose() => _fanin.Dispose();

    private string Model => Path.Combine(_fanin.Out, "model.safetensors");

    /// <summary>Any one bit of the data: the tensor, the element, both values.</summary>
    [Fact]
    public async Task OneFlippedBitIsFound()
    {
        await InitAsync();
        byte[] whole = File.ReadAllBytes(Model);
        SafetensorsHeader header = SafetensorsHeader.Parse(whole);
        foreach (int at in (int[])[header.DataStart, header.DataStart + 77_777, whole.Length - 1])
        {
            byte[] bytes = [.. whole];
            bytes[at] ^= 0x10;
            File.WriteAllBytes(Model, bytes);
            SafetensorsTensor tensor = header.Tensors.First(t => header.DataStart + t.End > at);
            long element = (at - header.DataStart - tensor.Begin) / 2;
            int place = header.DataStart + (int)(tensor.Begin + (element * 2));
            Answer answer = await Fanin.RunAsync("verify", _fanin.Out, "--json", "-");
            Assert.Equal(ExitCode.Fault, answer.Code);
            string one = $"expected {Shown(whole, place)}, found {Shown(bytes, place)}; 1 differs";
            Assert.Contains(
                $"model.safetensors: {tensor.Name} differs first at element {element:N0}: {one}",
                answer.Error
            );
            using JsonDocument json = JsonDocument.Parse(answer.Output);
            Assert.False(json.RootElement.GetProperty("equal").GetBoolean());
            JsonElement difference = Assert.Single(json.RootElement.GetProperty("differences").EnumerateArray());
            Assert.Equal(element, difference.GetProperty("element").GetInt64());
        }

        static string Shown(byte[] bytes, int at)
        {
            int bits = bytes[at] | (bytes[at + 1] << 8);
            return $"{BitConverter.Int32BitsToSingle(bits << 16)} (0x{bits:x4})";
        }
    }

    [Fact]
    public async Task TheFirstOfManyIsNamedAndAllAreCounted()
    {
        await InitAsync();
        byte[] bytes = File.ReadAllBytes(Model);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes);
        SafetensorsTensor tensor = header["model.layers.1.mlp.up_proj.weight"];
        for (int i = 100; i < 200; i++)
        {
            bytes[header.PositionOf(tensor) + (2 * i) + 1] ^= 0x80;
        }
        File.WriteAllBytes(Model, bytes);
        Answer answer = await Fanin.RunAsync("verify", _fanin.Out);
        Assert.Equal(ExitCode.Fault, answer.Code);
        Assert.Contains("model.layers.1.mlp.up_proj.weight differs first at element 100: ", answer.Output);
        Assert.Contains("; 100 differ\n", answer.Output);
        Assert.Contains("but 1 tensor differs\n", answer.Output);
        // Faults are counted beside what differs.
        bytes[bytes.AsSpan().IndexOf("\"pt\""u8) + 1] = (byte)'t';
        bytes[^1] ^= 1;
        File.WriteAllBytes(Model, bytes);
        answer = await Fanin.RunAsync("verify", _fanin.Out);
        Assert.Equal(ExitCode.Fault, answer.Code);
        Assert.Contains("but 2 tensors differ and 1 fault\n", answer.Output);
    }

    /// <summary>The first and last elements are in every sample; a whole tensor that differs is too.</summary>
    [Fact]
    public async Task ASampleFindsWhatIsEverywhere()
    {
        await InitAsync();
        byte[] bytes = File.ReadAllBytes(Model);
        SafetensorsHeader header = SafetensorsHeader.Parse(bytes);
        SafetensorsTensor tensor = header["lm_head.weight"];
        bytes.AsSpan((int)header.PositionOf(tensor), (int)tensor.ByteCount).Clear();
        File.WriteAllBytes(Model, bytes);
        Answer answer = await Fanin.RunAsync("verify", _fanin.Out, "--sample", "100");
        Assert.Equal(ExitCode.Fault, answer.Code);
        Assert.Contains("lm_head.weight differs first at element 0", answer.Output);
        Assert.Contains("; 100 differ\n", answer.Output);
    }

    [Fact]
    public async Task FilesThatAreNotThoseOfThePlanAreNamed()
    {
        await InitAsync();
        byte[] bytes = File.ReadAllBytes(Model);
        File.WriteAllBytes(Model, [.. bytes, 0]);
        await Fault($"'{Model}' has {bytes.Length + 1} bytes; by the plan it has {bytes.Length}.");
        int name = bytes.AsSpan().IndexOf("lm_head.weight"u8);
        byte[] renamed = [.. bytes];
        renamed[name] = (byte)'k';
        File.WriteAllBytes(Model, renamed);
        await Fault(
            $"'{Model}' has a tensor 'km_head.weight', which isn't there by the plan.\n'{Model}' has no tensor 'lm_head.weight', which is there by the plan."
        );
        byte[] other = [.. bytes];
        other[bytes.AsSpan().IndexOf("\"pt\""u8) + 1] = (byte)'t';
        File.WriteAllBytes(Model, other);
        await Fault($"'{Model}' has other metadata than by the plan.");
        File.Delete(Model);
        await Fault("isn't there");

        async Task Fault(string says)
        {
            Answer answer = await Fanin.RunAsync("verify", _fanin.Out);
            Assert.Equal((ExitCode.Fault, ""), (answer.Code, answer.Error));
            Assert.Contains(says, answer.Output);
        }
    }

    [Fact]
    public async Task WithoutARecordNothingCanBeVerified()
    {
        (await Fanin.RunAsync("verify")).IsRefusal("verify needs DIR");
        (await Fanin.RunAsync("verify", _fanin.Out)).IsRefusal($"'{_fanin.Out}' is no folder");
        (await Fanin.RunAsync("verify", _fanin.Folder)).IsRefusal("has no fanin.plan.json, which fanin init leaves");
        string record = _fanin.Write("fanin.plan.json", "{\"fanin\": 3}");
        (await Fanin.RunAsync("verify", _fanin.Folder)).IsRefusal("fanin.plan.json isn't what fanin init leaves");
        await InitAsync();
        string text = File.ReadAllText(Path.Combine(_fanin.Out, "fanin.plan.json"));
        foreach (string path in (string[])["../model.safetensors", "/etc/passwd"])
        {
            File.WriteAllText(record, text.Replace("\"model.safetensors\"", $"\"{path}\""));
            (await Fanin.RunAsync("verify", _fanin.Folder)).IsRefusal("must be a plain name of a file");
        }
        File.WriteAllText(record, text.Replace("\"metadata\": {", "\"metadata\": {\"format\": \"\","));
        (await Fanin.RunAsync("verify", _fanin.Folder)).IsRefusal("its metadata have 'format' twice");
    }

    private async Task InitAsync()
    {
        Answer answer = await Fanin.RunAsync("init", _fanin.Write("config.json", Llama), "--out", _fanin.Out);
        Assert.Equal((0, ""), (answer.Code, answer.Error));
    }
}

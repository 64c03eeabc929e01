namespace FanIn.Checkpoints;

/// <summary>One file of a checkpoint.</summary>
/// <param name="FileName">In the checkpoint's folder, a plain name: <c>model-00001-of-00002.safetensors</c>.</param>
/// <param name="Header">Its tensors, their places, and the file's first bytes.</param>
public sealed record Shard(string FileName, SafetensorsHeader Header)
{
    /// <summary>In the checkpoint's folder, a plain name: <c>model-00001-of-00002.safetensors</c>.</summary>
    /// <exception cref="ArgumentException">It leads elsewhere, or can't be a file's on every system.</exception>
    public string FileName
    {
        get;
        init => field = ShardName.Plain(value);
    } = ShardName.Plain(FileName);

    /// <summary>The bytes of the whole file.</summary>
    public long FileLength => Header.FileLength;

    /// <summary>For example <c>model.safetensors (12 tensors, 1024 bytes)</c>.</summary>
    public override string ToString() => $"{FileName} ({Header.Tensors.Length} tensors, {FileLength} bytes)";
}

namespace FanIn.Checkpoints;

/// <summary>
/// How a checkpoint is split into files. Both go through the tensors in the model's order and begin a new file where one
/// would grow beyond the limit; they differ where a single tensor is larger than that.
/// </summary>
public enum ShardRule
{
    /// <summary>
    /// A tensor beyond the limit goes alone into a file, and the next ones go on filling the file before it. What
    /// huggingface_hub does (serialization/_base.py, <c>split_state_dict_into_shards_factory</c>), and transformers by
    /// it.
    /// </summary>
    Hub,

    /// <summary>
    /// A tensor beyond the limit begins a file, which the next tensor closes. What transformers 4 did before
    /// it used huggingface_hub's (modeling_utils.py, <c>shard_checkpoint</c>).
    /// </summary>
    Transformers4,
}

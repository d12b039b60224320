/** What components may do with conversations beyond the one that is open. */
export {conversations, exportAddress, renameConversation} from '../api';
